/*
 * A foreign generator: a TCP client that shares nothing with the engine it drives. It opens a connection, sends a request
 * on the handshake's ACK, takes the answer, and closes after the server has.
 *
 *     client DEVICE CPU SERVER PORT OWN_ADDRESS FIRST_SOURCE SOURCES CONCURRENCY REQUEST_BYTES EAL_ARGUMENTS
 *
 * Connections are in a flat array. Each one's first sequence number says where: what the server acknowledges leads back
 * there, so that no table is searched. Address and port are counted up and don't come again while they may be in TIME_WAIT.
 */
#include "port.h"

#include <arpa/inet.h>
#include <rte_arp.h>
#include <rte_prefetch.h>
#include <rte_tcp.h>

#define FIRST_PORT 1024
#define PORTS 64512
#define MAX_CONCURRENCY (1 << 16)
#define MAX_REQUEST 512
#define SLOT_SHIFT 12 /* sequence numbers of a connection: SYN, request, FIN */
#define HEADERS (sizeof(struct rte_ether_hdr) + sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_tcp_hdr))
#define WINDOW 65535
#define MSS 1460
#define TTL 64
#define FIRST_TIMEOUT 1000000000ull /* RFC 6298 2.1 */
#define TIMEOUT 200000000ull /* Linux's least */
#define LOOK_EVERY 10000000ull
#define MAX_TRIES 6

enum state { FREE, SYN_SENT, ASKED, LAST_ACK };

struct flow {
	uint64_t start, sent;
	uint32_t source, isn, received;
	uint16_t port, answered; /* bytes of the answer that are here */
	uint8_t state, tries;
};

static struct flow flows[MAX_CONCURRENCY];
static uint32_t free_slots[MAX_CONCURRENCY], free_count;
static uint32_t server, own, first_source, sources, next_source, next_port, generation;
static uint16_t server_port, request, next_id;
static int cpu;
static uint32_t concurrency;
static struct rte_ether_addr server_mac;
static bool found;
static uint64_t clock_now;

static inline uint32_t words(uint32_t value)
{
	return (value >> 16) + (value & 0xffff);
}

static inline uint16_t folded(uint32_t sum)
{
	sum = words(sum);
	return rte_cpu_to_be_16((uint16_t)~words(sum));
}

/* Writes a segment of a connection into a frame; text is the request's. */
static inline void segment(struct rte_mbuf *frame, const struct flow *flow, uint32_t seq, uint8_t flags, uint16_t text)
{
	const uint16_t options = flags & RTE_TCP_SYN_FLAG ? 4 : 0;
	const uint16_t tcp_length = (uint16_t)(sizeof(struct rte_tcp_hdr) + options + text);
	const uint16_t ip_length = (uint16_t)(sizeof(struct rte_ipv4_hdr) + tcp_length);
	struct rte_ether_hdr *ether = rte_pktmbuf_mtod(frame, struct rte_ether_hdr *);
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(ether + 1);
	struct rte_tcp_hdr *tcp = (struct rte_tcp_hdr *)(ip + 1);
	uint8_t *rest = (uint8_t *)(tcp + 1);
	const uint32_t ack = flags & RTE_TCP_ACK_FLAG ? flow->received : 0;
	const uint16_t offset = (uint16_t)((5 + options / 4) << 12 | flags);
	uint32_t sum;

	frame->data_len = (uint16_t)(sizeof(*ether) + ip_length);
	frame->pkt_len = frame->data_len;
	frame->ol_flags = 0;
	ether->dst_addr = server_mac;
	ether->src_addr = own_mac;
	ether->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	ip->version_ihl = RTE_IPV4_VHL_DEF;
	ip->type_of_service = 0;
	ip->total_length = rte_cpu_to_be_16(ip_length);
	ip->packet_id = rte_cpu_to_be_16(next_id);
	ip->fragment_offset = 0;
	ip->time_to_live = TTL;
	ip->next_proto_id = IPPROTO_TCP;
	ip->src_addr = rte_cpu_to_be_32(flow->source);
	ip->dst_addr = rte_cpu_to_be_32(server);
	const uint32_t addresses = words(flow->source) + words(server);
	ip->hdr_checksum = folded(0x4500 + ip_length + next_id++ + (TTL << 8 | IPPROTO_TCP) + addresses);
	tcp->src_port = rte_cpu_to_be_16(flow->port);
	tcp->dst_port = rte_cpu_to_be_16(server_port);
	tcp->sent_seq = rte_cpu_to_be_32(seq);
	tcp->recv_ack = rte_cpu_to_be_32(ack);
	tcp->data_off = (uint8_t)(offset >> 8);
	tcp->tcp_flags = flags;
	tcp->rx_win = rte_cpu_to_be_16(WINDOW);
	tcp->tcp_urp = 0;
	sum = addresses + IPPROTO_TCP + tcp_length + flow->port + server_port + words(seq) + words(ack) + offset + WINDOW;
	if (options > 0) {
		rest[0] = 2;
		rest[1] = 4;
		rest[2] = MSS >> 8;
		rest[3] = MSS & 0xff;
		sum += 0x0204 + MSS;
	}
	memset(rest + options, 'x', text);
	sum += (uint32_t)(text / 2) * 0x7878 + (uint32_t)(text % 2) * 0x7800;
	tcp->cksum = folded(sum);
	put_out(frame);
}

/* What the state has sent last: the first time, or again. */
static inline void speak(struct rte_mbuf *frame, struct flow *flow)
{
	flow->sent = clock_now;
	switch (flow->state) {
	case SYN_SENT:
		segment(frame, flow, flow->isn, RTE_TCP_SYN_FLAG, 0);
		break;
	case ASKED:
		segment(frame, flow, flow->isn + 1, request > 0 ? RTE_TCP_ACK_FLAG | RTE_TCP_PSH_FLAG : RTE_TCP_ACK_FLAG, request);
		break;
	default:
		segment(frame, flow, flow->isn + 1 + request, RTE_TCP_ACK_FLAG | RTE_TCP_FIN_FLAG, 0);
		break;
	}
}

static void begin_one(void)
{
	struct rte_mbuf *frame = rte_pktmbuf_alloc(pool);

	if (frame == NULL)
		return;
	const uint32_t slot = free_slots[--free_count];
	struct flow *flow = &flows[slot];
	flow->source = first_source + next_source;
	flow->port = (uint16_t)(FIRST_PORT + next_port);
	if (++next_source == sources) {
		next_source = 0;
		next_port = (next_port + 1) % PORTS;
	}
	/* slots fill the upper bits but four, which tell the connections of a slot from each other */
	flow->isn = (generation++ & 0xf) << 28 | slot << SLOT_SHIFT;
	flow->start = clock_now;
	flow->state = SYN_SENT;
	flow->tries = 1;
	flow->answered = 0;
	node.attempts++;
	speak(frame, flow);
}

static inline void end_one(struct flow *flow, bool orderly)
{
	if (orderly) {
		if (flow->tries == 1)
			node.closed_at_first_try++;
		node.closed++;
	} else {
		node.failed++;
	}
	flow->state = FREE;
	free_slots[free_count++] = (uint32_t)(flow - flows);
}

/* A frame that is an answer now, or free. */
static void take_arp(struct rte_mbuf *frame)
{
	struct rte_ether_hdr *ether = rte_pktmbuf_mtod(frame, struct rte_ether_hdr *);
	struct rte_arp_hdr *arp = (struct rte_arp_hdr *)(ether + 1);
	struct rte_arp_ipv4 *who = &arp->arp_data;

	if (frame->data_len < sizeof(*ether) + sizeof(*arp)) {
		rte_pktmbuf_free(frame);
		return;
	}
	if (arp->arp_opcode == rte_cpu_to_be_16(RTE_ARP_OP_REPLY) && who->arp_sip == rte_cpu_to_be_32(server)) {
		server_mac = who->arp_sha;
		found = true;
	}
	if (arp->arp_opcode != rte_cpu_to_be_16(RTE_ARP_OP_REQUEST) || who->arp_tip != rte_cpu_to_be_32(own)) {
		rte_pktmbuf_free(frame);
		return;
	}
	ether->dst_addr = ether->src_addr;
	ether->src_addr = own_mac;
	arp->arp_opcode = rte_cpu_to_be_16(RTE_ARP_OP_REPLY);
	who->arp_tha = who->arp_sha;
	who->arp_tip = who->arp_sip;
	who->arp_sha = own_mac;
	who->arp_sip = rte_cpu_to_be_32(own);
	put_out(frame);
}

static void ask_for_server(void)
{
	struct rte_mbuf *frame = rte_pktmbuf_alloc(pool);

	if (frame == NULL)
		return;
	struct rte_ether_hdr *ether = (struct rte_ether_hdr *)rte_pktmbuf_append(frame, RTE_ETHER_MIN_LEN - 4);
	if (ether == NULL)
		return;
	struct rte_arp_hdr *arp = (struct rte_arp_hdr *)(ether + 1);
	memset(ether, 0, RTE_ETHER_MIN_LEN - 4);
	memset(&ether->dst_addr, 0xff, sizeof(ether->dst_addr));
	ether->src_addr = own_mac;
	ether->ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_ARP);
	arp->arp_hardware = rte_cpu_to_be_16(RTE_ARP_HRD_ETHER);
	arp->arp_protocol = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	arp->arp_hlen = RTE_ETHER_ADDR_LEN;
	arp->arp_plen = sizeof(uint32_t);
	arp->arp_opcode = rte_cpu_to_be_16(RTE_ARP_OP_REQUEST);
	arp->arp_data.arp_sha = own_mac;
	arp->arp_data.arp_sip = rte_cpu_to_be_32(own);
	arp->arp_data.arp_tip = rte_cpu_to_be_32(server);
	put_out(frame);
}

/* A segment of the server's; the frame becomes what is answered, or is free. */
static inline void take_segment(struct rte_mbuf *frame)
{
	const struct rte_ether_hdr *ether = rte_pktmbuf_mtod(frame, const struct rte_ether_hdr *);
	const struct rte_ipv4_hdr *ip = (const struct rte_ipv4_hdr *)(ether + 1);
	const struct rte_tcp_hdr *tcp = (const struct rte_tcp_hdr *)(ip + 1);

	if (frame->data_len < HEADERS || ip->version_ihl != RTE_IPV4_VHL_DEF || ip->next_proto_id != IPPROTO_TCP)
		goto drop;
	const uint32_t ack = rte_be_to_cpu_32(tcp->recv_ack), seq = rte_be_to_cpu_32(tcp->sent_seq);
	const uint32_t slot = (ack - 1) >> SLOT_SHIFT & (MAX_CONCURRENCY - 1);
	struct flow *flow = &flows[slot];
	const uint32_t acked = ack - flow->isn;

	if ((tcp->tcp_flags & RTE_TCP_ACK_FLAG) == 0 || flow->state == FREE || acked > 2u + request
	    || flow->source != rte_be_to_cpu_32(ip->dst_addr) || flow->port != rte_be_to_cpu_16(tcp->dst_port))
		goto drop; /* of an earlier connection, or of none */
	if ((tcp->tcp_flags & RTE_TCP_RST_FLAG) != 0) {
		end_one(flow, false);
		goto drop;
	}
	if ((tcp->tcp_flags & RTE_TCP_SYN_FLAG) != 0) {
		if (flow->state == SYN_SENT && acked == 1) {
			flow->received = seq + 1;
			flow->state = ASKED;
			node.opened++;
			if (request == 0)
				record_latency(clock_now - flow->start);
		} else if (flow->state != ASKED) {
			goto drop;
		}
		speak(frame, flow);
		return;
	}
	if (flow->state == LAST_ACK && acked == 2u + request) {
		end_one(flow, flow->answered == request);
		goto drop;
	}
	const int text = rte_be_to_cpu_16(ip->total_length) - (int)sizeof(*ip) - (tcp->data_off >> 4) * 4;
	const bool fin = (tcp->tcp_flags & RTE_TCP_FIN_FLAG) != 0;
	if (flow->state != ASKED || seq != flow->received) {
		if (flow->state != SYN_SENT && (text > 0 || fin)) {
			speak(frame, flow); /* it has not heard us */
			node.retransmitted++;
			return;
		}
		goto drop;
	}
	flow->answered += (uint16_t)(text > 0 ? text : 0);
	if (text > 0 && flow->answered == request)
		record_latency(clock_now - flow->start);
	flow->received += (uint32_t)(text > 0 ? text : 0) + fin;
	if (fin) {
		flow->state = LAST_ACK;
		speak(frame, flow);
		return;
	}
drop:
	rte_pktmbuf_free(frame);
}

static inline void take(struct rte_mbuf *frame)
{
	const struct rte_ether_hdr *ether = rte_pktmbuf_mtod(frame, const struct rte_ether_hdr *);

	if (likely(ether->ether_type == rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4)))
		take_segment(frame);
	else if (ether->ether_type == rte_cpu_to_be_16(RTE_ETHER_TYPE_ARP))
		take_arp(frame);
	else
		rte_pktmbuf_free(frame);
}

/* Sends again what has not been answered in time; as many as there is room for, the others next time. */
static bool look(void)
{
	static uint32_t next;

	for (; next < concurrency && has_room(); next++) {
		struct flow *flow = &flows[next];
		const uint64_t limit = flow->state == SYN_SENT ? FIRST_TIMEOUT : TIMEOUT;

		if (flow->state == FREE || clock_now - flow->sent < limit << (flow->tries - 1))
			continue;
		if (flow->tries == MAX_TRIES) {
			end_one(flow, false);
			continue;
		}
		struct rte_mbuf *frame = rte_pktmbuf_alloc(pool);
		if (frame == NULL)
			break;
		flow->tries++;
		node.retransmitted++;
		speak(frame, flow);
	}
	if (next < concurrency)
		return false;
	next = 0;
	return true;
}

static void *work(void *unused)
{
	struct rte_mbuf *frames[BURST];
	uint64_t last, looked, asked = 0;

	(void)unused;
	pin(cpu);
	clock_now = last = looked = now_nanos(CLOCK_MONOTONIC);
	while (!node.ended) {
		const uint16_t count = has_room() ? rte_eth_rx_burst(port, 0, frames, BURST) : 0;

		for (uint16_t i = 0; i < count; i++)
			rte_prefetch0(rte_pktmbuf_mtod(frames[i], void *));
		for (uint16_t i = 0; i < count; i++)
			take(frames[i]);
		node.frames_in += count;
		if (!found && clock_now - asked > FIRST_TIMEOUT / 10) {
			ask_for_server();
			asked = clock_now;
		}
		node.ready = true; /* who the server is may become known later, as it may start later */
		for (int i = 0; i < BURST && node.running && found && free_count > 0 && has_room(); i++)
			begin_one();
		if (clock_now - looked > LOOK_EVERY && look())
			looked = clock_now;
		if (waiting > 0)
			flush();
		clock_now = now_nanos(CLOCK_MONOTONIC);
		account(&last, clock_now, count > 0);
	}
	return NULL;
}

static uint32_t address(const char *text)
{
	struct in_addr parsed;

	if (inet_pton(AF_INET, text, &parsed) != 1)
		refuse("%s is no IPv4 address", text);
	return ntohl(parsed.s_addr);
}

int main(int argc, char **argv)
{
	if (argc < 12) {
		fprintf(stderr, "usage: see the head of client.c\n");
		return 2;
	}
	is_generator = true;
	cpu = atoi(argv[2]);
	server = address(argv[3]);
	server_port = (uint16_t)atoi(argv[4]);
	own = address(argv[5]);
	first_source = address(argv[6]);
	sources = (uint32_t)atoi(argv[7]);
	concurrency = (uint32_t)atoi(argv[8]);
	request = (uint16_t)atoi(argv[9]);
	if (concurrency < 1 || concurrency > MAX_CONCURRENCY || request > MAX_REQUEST)
		refuse("concurrency %u or request %u is out of range: give 1 to %d, and 0 to %d", concurrency, request,
		       MAX_CONCURRENCY, MAX_REQUEST);
	while (free_count < concurrency) {
		free_slots[free_count] = concurrency - 1 - free_count;
		free_count++;
	}
	open_port(argv[1], argc - 10, argv + 10);
	answer(NULL);
	close_port();
	return 0;
}
