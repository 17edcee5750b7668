/*
 * The physical limit of a link: frames as small as TCP's without text go to the other side and come back, and nothing is
 * done with them besides. The generator counts a frame that has come back as one connection opened and closed; how many
 * of these make a connection of TCP's is for whoever reads the figures.
 *
 *     echo server    DEVICE CPU EAL_ARGUMENTS
 *     echo generator DEVICE CPU CONCURRENCY EAL_ARGUMENTS
 */
#include "port.h"

#define FRAME_BYTES 66 /* Ethernet, IPv4, TCP with timestamps */
#define LOST_NANOS 1000000000ull

static int cpu, concurrency;

static void serve(void)
{
	struct rte_mbuf *frames[BURST];
	uint64_t last = now_nanos(CLOCK_MONOTONIC);

	node.ready = true;
	while (!node.ended) {
		const uint16_t count = has_room() ? rte_eth_rx_burst(port, 0, frames, BURST) : 0;

		for (uint16_t i = 0; i < count; i++) {
			struct rte_ether_hdr *ether = rte_pktmbuf_mtod(frames[i], struct rte_ether_hdr *);

			ether->dst_addr = ether->src_addr;
			ether->src_addr = own_mac;
			put_out(frames[i]);
		}
		node.frames_in += count;
		if (waiting > 0)
			flush();
		account(&last, now_nanos(CLOCK_MONOTONIC), count > 0);
	}
}

/* A new frame; the first ones go to everybody, for nobody has said yet who is there. */
static bool begin_one(const struct rte_ether_addr *server)
{
	struct rte_mbuf *frame = rte_pktmbuf_alloc(pool);
	struct rte_ether_hdr *ether;

	if (frame == NULL)
		return false;
	ether = (struct rte_ether_hdr *)rte_pktmbuf_append(frame, FRAME_BYTES);
	if (ether == NULL)
		return false;
	memset(ether, 0, FRAME_BYTES);
	ether->dst_addr = *server;
	ether->src_addr = own_mac;
	ether->ether_type = rte_cpu_to_be_16(0x88b5); /* IEEE 802: for experiments */
	node.attempts++;
	put_out(frame);
	return true;
}

static void generate(void)
{
	struct rte_ether_addr server = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	struct rte_mbuf *frames[BURST];
	uint64_t last = now_nanos(CLOCK_MONOTONIC), heard = last;
	int under_way = 0;

	node.ready = true;
	while (!node.ended) {
		const uint16_t count = has_room() ? rte_eth_rx_burst(port, 0, frames, BURST) : 0;
		uint64_t back = 0;

		for (uint16_t i = 0; i < count; i++) {
			struct rte_ether_hdr *ether = rte_pktmbuf_mtod(frames[i], struct rte_ether_hdr *);

			if (ether->ether_type != rte_cpu_to_be_16(0x88b5)) {
				rte_pktmbuf_free(frames[i]); /* the kernel's, on a link of its */
				continue;
			}
			back++;
			server = ether->src_addr;
			if (under_way > 0)
				under_way--;
			else
				node.failed--; /* it was late, not lost */
			if (node.running && under_way < concurrency) {
				under_way++;
				ether->dst_addr = server;
				ether->src_addr = own_mac;
				node.attempts++;
				put_out(frames[i]);
			} else {
				rte_pktmbuf_free(frames[i]);
			}
		}
		node.frames_in += count;
		node.opened += back;
		node.closed_at_first_try += back;
		node.closed += back;
		if (back > 0)
			heard = last;
		else if (under_way == 0)
			heard = last;
		else if (last - heard > LOST_NANOS) {
			node.failed += (uint64_t)under_way; /* what has not come back by now has been lost */
			under_way = 0;
		}
		for (int i = 0; i < BURST && node.running && under_way < concurrency && has_room(); i++)
			under_way += begin_one(&server);
		if (waiting > 0)
			flush();
		account(&last, now_nanos(CLOCK_MONOTONIC), count > 0);
	}
}

static void *work(void *unused)
{
	(void)unused;
	pin(cpu);
	if (is_generator)
		generate();
	else
		serve();
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc < 6) {
		fprintf(stderr, "usage: see the head of echo.c\n");
		return 2;
	}
	is_generator = strcmp(argv[1], "generator") == 0;
	cpu = atoi(argv[3]);
	if (is_generator)
		concurrency = atoi(argv[4]);
	const int skip = is_generator ? 5 : 4;
	open_port(argv[2], argc - skip, argv + skip);
	answer(NULL);
	close_port();
	return 0;
}
