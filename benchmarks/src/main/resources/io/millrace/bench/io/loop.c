/*
 * What the io benchmark's Java loops do, in C: receive, read each frame's headers and swap its MAC addresses, transmit.
 *
 *     loop DEVICE CPU BURST FRAMES FRAME_BYTES WARM_UP_MS MEASURE_MS EAL_ARGUMENTS
 *
 * DEVICE is in DPDK's syntax. FRAMES are sent first; where they are 0 somebody else sends, and "ready" says that he may.
 * Prints one line of JSON: frames, nanos, cpuNanos, dpdk; or errors. Ends when its standard input does.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_version.h>

#define MAX_BURST 512
#define DESCRIPTORS 1024
#define CACHE 256
#define BURSTS_BETWEEN_CLOCK_READS 1024
#define FIRST_FRAME_NANOS 60000000000ull

static int fail(const char *call, int result)
{
	printf("{\"errors\":[\"the C loop: %s: %s\"]}\n", call, rte_strerror(result < 0 ? -result : rte_errno));
	fflush(stdout);
	return 1;
}

/* The parent has gone: so must we. */
static void *end_with_parent(void *unused)
{
	char byte;

	(void)unused;
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	rmdir(rte_eal_get_runtime_dir());
	_exit(0);
}

static uint64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline void swap_addresses(struct rte_mbuf *mbuf)
{
	char *data = rte_pktmbuf_mtod(mbuf, char *);
	uint64_t first;
	uint32_t last;
	uint64_t source;

	memcpy(&first, data, sizeof(first));
	memcpy(&last, data + 8, sizeof(last));
	source = first >> 48 | (uint64_t)last << 16;
	last = (uint32_t)(first >> 16);
	first = source | first << 48;
	memcpy(data, &first, sizeof(first));
	memcpy(data + 8, &last, sizeof(last));
}

static uint64_t run(uint16_t port, uint16_t burst, uint64_t nanos, uint64_t *took, uint64_t *cpu)
{
	struct rte_mbuf *frames[MAX_BURST];
	uint64_t sent = 0;
	const uint64_t cpu_start = now(CLOCK_THREAD_CPUTIME_ID);
	const uint64_t start = now(CLOCK_MONOTONIC);

	do {
		for (int i = 0; i < BURSTS_BETWEEN_CLOCK_READS; i++) {
			const uint16_t received = rte_eth_rx_burst(port, 0, frames, burst);
			uint16_t gone = 0;

			for (uint16_t f = 0; f < received; f++)
				swap_addresses(frames[f]);
			while (gone < received)
				gone += rte_eth_tx_burst(port, 0, frames + gone, received - gone);
			sent += received;
		}
		*took = now(CLOCK_MONOTONIC) - start;
	} while (*took < nanos);
	*cpu = now(CLOCK_THREAD_CPUTIME_ID) - cpu_start;
	return sent;
}

/* Nothing counts before the first frame is here. */
static void await_first(uint16_t port, uint16_t burst)
{
	const uint64_t begin = now(CLOCK_MONOTONIC);
	uint64_t took, used;

	while (run(port, burst, 0, &took, &used) == 0 && now(CLOCK_MONOTONIC) - begin < FIRST_FRAME_NANOS)
		;
}

static int seed(uint16_t port, struct rte_mempool *pool, int count, int bytes)
{
	for (int i = 0; i < count; i++) {
		struct rte_mbuf *mbuf = rte_pktmbuf_alloc(pool);

		if (mbuf == NULL)
			return -1;
		memset(rte_pktmbuf_append(mbuf, bytes), i, bytes);
		if (rte_eth_tx_burst(port, 0, &mbuf, 1) != 1)
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct rte_eth_conf conf = { 0 };
	uint16_t receive = DESCRIPTORS, transmit = DESCRIPTORS;
	char name[64];
	const char *arguments;
	pthread_t watcher;
	cpu_set_t cpu;
	uint64_t frames, took, used;
	uint16_t port;
	int result;

	if (argc < 9) {
		fprintf(stderr, "usage: loop DEVICE CPU BURST FRAMES FRAME_BYTES WARM_UP_MS MEASURE_MS EAL_ARGUMENTS\n");
		return 2;
	}
	signal(SIGINT, SIG_IGN); /* the parent's, which ends this by closing its input */
	pthread_create(&watcher, NULL, end_with_parent, NULL);
	result = rte_eal_init(argc - 8, argv + 8);
	if (result < 0)
		return fail("rte_eal_init", 0);
	CPU_ZERO(&cpu);
	CPU_SET(atoi(argv[2]), &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu) != 0) {
		printf("{\"errors\":[\"the C loop: it may not run on CPU %d\"]}\n", atoi(argv[2]));
		return 1;
	}
	struct rte_mempool *pool = rte_pktmbuf_pool_create("io", 16383, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (pool == NULL)
		return fail("rte_pktmbuf_pool_create", 0);
	arguments = strchr(argv[1], ',');
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(argv[1], ","), argv[1]);
	if (strncmp(name, "net_", 4) == 0
	    && (result = rte_eal_hotplug_add("vdev", name, arguments == NULL ? "" : arguments + 1)) != 0)
		return fail("rte_eal_hotplug_add", result);
	if ((result = rte_eth_dev_get_port_by_name(name, &port)) != 0)
		return fail("rte_eth_dev_get_port_by_name", result);
	if ((result = rte_eth_dev_configure(port, 1, 1, &conf)) != 0)
		return fail("rte_eth_dev_configure", result);
	if ((result = rte_eth_dev_adjust_nb_rx_tx_desc(port, &receive, &transmit)) != 0)
		return fail("rte_eth_dev_adjust_nb_rx_tx_desc", result);
	if ((result = rte_eth_rx_queue_setup(port, 0, receive, SOCKET_ID_ANY, NULL, pool)) != 0)
		return fail("rte_eth_rx_queue_setup", result);
	if ((result = rte_eth_tx_queue_setup(port, 0, transmit, SOCKET_ID_ANY, NULL)) != 0)
		return fail("rte_eth_tx_queue_setup", result);
	if ((result = rte_eth_dev_start(port)) != 0)
		return fail("rte_eth_dev_start", result);
	if (seed(port, pool, atoi(argv[4]), atoi(argv[5])) != 0)
		return fail("rte_eth_tx_burst of the first frames", 0);
	if (atoi(argv[4]) == 0) {
		printf("ready\n");
		fflush(stdout);
	}

	await_first(port, (uint16_t)atoi(argv[3]));
	run(port, (uint16_t)atoi(argv[3]), strtoull(argv[6], NULL, 10) * 1000000u, &took, &used);
	frames = run(port, (uint16_t)atoi(argv[3]), strtoull(argv[7], NULL, 10) * 1000000u, &took, &used);
	printf("{\"frames\":%" PRIu64 ",\"nanos\":%" PRIu64 ",\"cpuNanos\":%" PRIu64 ",\"dpdk\":\"%s\"}\n",
	       frames, took, used, rte_version());
	fflush(stdout);
	if (atoi(argv[4]) == 0)
		pthread_join(watcher, NULL); /* the sender goes first: a driver whose other end goes while it polls may die of it */
	rte_eth_dev_stop(port);
	rte_eth_dev_close(port);
	rte_eal_cleanup();
	rmdir(rte_eal_get_runtime_dir()); /* which EAL leaves behind, empty */
	return 0;
}
