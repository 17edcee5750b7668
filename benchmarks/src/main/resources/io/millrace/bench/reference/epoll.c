/*
 * The Linux kernel's TCP as the benchmark's server or generator: one thread, epoll, no call more than it takes.
 *
 *     epoll server    ADDRESS PORT CPU REQUEST_BYTES CLOSES_FIRST CLOSES_BY
 *     epoll generator ADDRESS PORT CPU REQUEST_BYTES CLOSES_FIRST CLOSES_BY CONCURRENCY SOURCES FIRST_SOURCE
 *
 * CLOSES_FIRST is server or client, CLOSES_BY fin or rst. The generator keeps CONCURRENCY connections under way; it takes
 * its source addresses in turn and counts ports up, so that no pair of them is used again while it may rest in TIME_WAIT.
 */
#include "node.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define BURST 256
#define WAIT_MILLIS 10
#define MAX_REQUEST 512
#define FIRST_PORT 1024
#define PORTS 64512
#define MAX_SOCKETS (1 << 20)

static struct {
	struct sockaddr_in server;
	uint32_t first_source, sources;
	int cpu, request, concurrency;
	bool server_closes, by_reset;
} plan;

/* By the number of its socket. */
static struct {
	uint64_t start;
	uint16_t received;
	bool opened;
} sockets[MAX_SOCKETS];

static char text[MAX_REQUEST];
static int events_fd;

static void end(int socket, bool reset)
{
	const struct linger hard = { 1, 0 };

	if (reset)
		setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
	close(socket);
}

static void watch(int socket, uint32_t events)
{
	struct epoll_event event = { .events = events | EPOLLET, .data.fd = socket };

	if (socket >= MAX_SOCKETS || epoll_ctl(events_fd, EPOLL_CTL_ADD, socket, &event) != 0)
		refuse("epoll_ctl: %s", strerror(errno));
}

/* Reads what there is; whether the other side has closed. */
static bool take(int socket, bool *broken)
{
	char buffer[MAX_REQUEST];
	ssize_t got;

	while ((got = read(socket, buffer, sizeof(buffer))) > 0)
		sockets[socket].received += (uint16_t)got;
	*broken = got < 0 && errno != EAGAIN;
	return got == 0;
}

/* --- server */

static void serve(int socket)
{
	bool broken;
	const uint16_t before = sockets[socket].received;
	const bool closed = take(socket, &broken);
	const bool asked = before < plan.request && sockets[socket].received >= plan.request;

	if (asked && write(socket, text, (size_t)plan.request) != plan.request)
		broken = true;
	if (closed || broken || (asked && plan.server_closes))
		end(socket, plan.server_closes && plan.by_reset);
}

static void accept_all(int listener)
{
	int socket;

	while ((socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		node.opened++;
		if (plan.request == 0 && plan.server_closes) {
			end(socket, plan.by_reset);
			continue;
		}
		sockets[socket].received = 0;
		watch(socket, EPOLLIN);
	}
	if (errno != EAGAIN && errno != ECONNABORTED)
		refuse("accept: %s", strerror(errno));
}

static void serve_all(void)
{
	struct epoll_event events[BURST];
	const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	const int one = 1;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&plan.server, sizeof(plan.server)) != 0 || listen(listener, 65535) != 0)
		refuse("it can't listen: %s", strerror(errno));
	watch(listener, EPOLLIN);
	node.ready = true;
	while (!node.ended) {
		const int count = epoll_wait(events_fd, events, BURST, WAIT_MILLIS);

		for (int i = 0; i < count; i++) {
			if (events[i].data.fd == listener)
				accept_all(listener);
			else
				serve(events[i].data.fd);
		}
	}
}

/* --- generator */

static void open_one(void)
{
	static uint32_t next_source, next_port;
	struct sockaddr_in from = { .sin_family = AF_INET };
	const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (socket_fd < 0 || socket_fd >= MAX_SOCKETS)
		refuse("socket: %s", strerror(errno));
	from.sin_addr.s_addr = htonl(plan.first_source + next_source);
	from.sin_port = htons((uint16_t)(FIRST_PORT + next_port));
	if (++next_source == plan.sources) {
		next_source = 0;
		next_port = (next_port + 1) % PORTS;
	}
	sockets[socket_fd].start = now_nanos(CLOCK_MONOTONIC);
	sockets[socket_fd].received = 0;
	sockets[socket_fd].opened = false;
	node.attempts++;
	if (bind(socket_fd, (struct sockaddr *)&from, sizeof(from)) != 0
	    || (connect(socket_fd, (struct sockaddr *)&plan.server, sizeof(plan.server)) != 0 && errno != EINPROGRESS)) {
		node.failed++;
		close(socket_fd);
		return;
	}
	watch(socket_fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
}

static void finish(int socket, bool orderly)
{
	end(socket, plan.by_reset && !plan.server_closes);
	if (orderly) {
		node.closed_at_first_try++; /* the kernel does not tell whether a SYN was sent again */
		node.closed++;
	} else {
		node.failed++;
	}
}

static void ask(int socket, uint32_t events)
{
	const uint16_t before = sockets[socket].received;
	bool broken = false, closed = false;

	if (!sockets[socket].opened && (events & EPOLLOUT) != 0 && ((events & EPOLLERR) == 0 || plan.by_reset)) {
		sockets[socket].opened = true;
		if (plan.request == 0)
			record_latency(now_nanos(CLOCK_MONOTONIC) - sockets[socket].start);
		node.opened++;
		if (plan.request > 0 && write(socket, text, (size_t)plan.request) != plan.request)
			broken = true;
	}
	if (plan.request > 0 && (events & EPOLLIN) != 0)
		closed = take(socket, &broken);
	else
		closed = (events & EPOLLRDHUP) != 0;
	const bool answered = sockets[socket].opened && sockets[socket].received >= plan.request;
	if (plan.request > 0 && answered && before < plan.request)
		record_latency(now_nanos(CLOCK_MONOTONIC) - sockets[socket].start);
	if ((events & EPOLLERR) != 0 || broken)
		finish(socket, answered && plan.by_reset && plan.server_closes);
	else if (closed || (answered && !plan.server_closes))
		finish(socket, answered);
}

static void generate(void)
{
	struct epoll_event events[BURST];

	node.ready = true;
	while (!node.ended) {
		const uint64_t under_way = node.attempts - node.closed - node.failed;

		for (uint64_t i = under_way; node.running && i < (uint64_t)plan.concurrency && i < under_way + BURST; i++)
			open_one();
		const int count = epoll_wait(events_fd, events, BURST, WAIT_MILLIS);
		for (int i = 0; i < count; i++)
			ask(events[i].data.fd, events[i].events);
	}
}

static void *work(void *unused)
{
	(void)unused;
	pin(plan.cpu);
	if (is_generator)
		generate();
	else
		serve_all();
	return NULL;
}

int main(int argc, char **argv)
{
	struct in_addr first;
	struct rlimit files;

	if (argc < 8) {
		fprintf(stderr, "usage: see the head of epoll.c\n");
		return 2;
	}
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	is_generator = strcmp(argv[1], "generator") == 0;
	plan.server.sin_family = AF_INET;
	inet_pton(AF_INET, argv[2], &plan.server.sin_addr);
	plan.server.sin_port = htons((uint16_t)atoi(argv[3]));
	plan.cpu = atoi(argv[4]);
	plan.request = atoi(argv[5]);
	plan.server_closes = strcmp(argv[6], "server") == 0;
	plan.by_reset = strcmp(argv[7], "rst") == 0;
	if (is_generator) {
		plan.concurrency = atoi(argv[8]);
		plan.sources = (uint32_t)atoi(argv[9]);
		inet_pton(AF_INET, argv[10], &first);
		plan.first_source = ntohl(first.s_addr);
	}
	fact = "the kernel's TCP, epoll";
	events_fd = epoll_create1(0);
	answer(NULL);
	return 0;
}
