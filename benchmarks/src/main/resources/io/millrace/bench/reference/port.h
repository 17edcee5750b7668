/* What each of the benchmark's programs over DPDK has in common: EAL, one port with one queue each way, its pool. */
#ifndef PORT_H
#define PORT_H

#include "node.h"

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_version.h>

#define BURST 32
#define DESCRIPTORS 1024
#define MBUFS 32767
#define CACHE 256

static struct rte_mempool *pool;
static uint16_t port;
static struct rte_ether_addr own_mac;

/* Frames to send, in order; those that the device has no room for wait. */
static struct rte_mbuf *outgoing[4 * BURST];
static uint16_t waiting;

static void must(int result, const char *call)
{
	if (result < 0)
		refuse("%s: %s", call, rte_strerror(-result));
}

/* Starts DPDK and the port: DEVICE in DPDK's syntax, then EAL's arguments. */
static void open_port(const char *device, int argc, char **argv)
{
	struct rte_eth_conf conf = { 0 };
	struct rte_eth_dev_info info;
	uint16_t receive = DESCRIPTORS, transmit = DESCRIPTORS;
	char name[64];
	const char *arguments = strchr(device, ',');

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(device, ","), device);
	if (rte_eal_init(argc, argv) < 0)
		refuse("rte_eal_init: %s", rte_strerror(rte_errno));
	pool = rte_pktmbuf_pool_create("millrace", MBUFS, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (pool == NULL)
		refuse("rte_pktmbuf_pool_create: %s", rte_strerror(rte_errno));
	if (strncmp(name, "net_", 4) == 0)
		must(rte_eal_hotplug_add("vdev", name, arguments == NULL ? "" : arguments + 1), "rte_eal_hotplug_add");
	must(rte_eth_dev_get_port_by_name(name, &port), "rte_eth_dev_get_port_by_name");
	must(rte_eth_dev_info_get(port, &info), "rte_eth_dev_info_get");
	must(rte_eth_dev_configure(port, 1, 1, &conf), "rte_eth_dev_configure");
	must(rte_eth_dev_adjust_nb_rx_tx_desc(port, &receive, &transmit), "rte_eth_dev_adjust_nb_rx_tx_desc");
	must(rte_eth_rx_queue_setup(port, 0, receive, SOCKET_ID_ANY, NULL, pool), "rte_eth_rx_queue_setup");
	must(rte_eth_tx_queue_setup(port, 0, transmit, SOCKET_ID_ANY, NULL), "rte_eth_tx_queue_setup");
	must(rte_eth_dev_start(port), "rte_eth_dev_start");
	must(rte_eth_macaddr_get(port, &own_mac), "rte_eth_macaddr_get");
	fact = rte_version();
}

static void close_port(void)
{
	rte_eth_dev_stop(port);
	rte_eth_dev_close(port);
	rte_eal_cleanup();
	rmdir(rte_eal_get_runtime_dir()); /* which EAL leaves behind, empty */
}

static inline void flush(void)
{
	const uint16_t sent = rte_eth_tx_burst(port, 0, outgoing, waiting);

	node.frames_out += sent;
	waiting -= sent;
	if (waiting > 0)
		memmove(outgoing, outgoing + sent, waiting * sizeof(outgoing[0]));
}

/* There is room: a burst of answers and one of new frames fit in, as nothing is received while more than these wait. */
static inline void put_out(struct rte_mbuf *frame)
{
	outgoing[waiting++] = frame;
}

static inline bool has_room(void)
{
	return waiting <= 2 * BURST;
}

/* Adds the time since the last round to that of rounds with work or without; the clock is read once a round. */
static inline void account(uint64_t *last, uint64_t now, bool worked)
{
	if (worked)
		node.work_nanos += now - *last;
	else
		node.idle_nanos += now - *last;
	*last = now;
}

#endif
