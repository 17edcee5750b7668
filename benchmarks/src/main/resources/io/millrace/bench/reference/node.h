/*
 * What each benchmark's child process in C has in common: a thread of its own that works, pinned to a CPU, and the first
 * thread, which answers each line on standard input by a report on standard output and ends the process with its input.
 * A report is a line of JSON, as NodeReport.java describes it.
 */
#ifndef NODE_H
#define NODE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_PATIENCE_NANOS 2000000000ull

/* Latencies: 32 steps for each power of two, so 3 % apart. */
#define STEP_BITS 5
#define STEPS (64 << STEP_BITS)

/* Written by the working thread alone, read by the first without a lock: each is a word. */
static struct {
	/* the generator's; of the server's what it has accepted is opened */
	volatile uint64_t attempts, opened, closed, closed_at_first_try, failed;
	volatile uint64_t frames_in, frames_out, retransmitted, work_nanos, idle_nanos;
	volatile uint64_t latency[STEPS];
	volatile bool running, ready, ended;
	volatile int thread;
} node;

static uint64_t latency_at_mark[STEPS], latency_at_report[STEPS];
static bool is_generator;
static const char *fact = "";

static inline uint64_t now_nanos(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline void record_latency(uint64_t nanos)
{
	const int high = 63 - __builtin_clzll(nanos | 1);
	const int shift = high > STEP_BITS ? high - STEP_BITS : 0;

	node.latency[(shift << STEP_BITS) + (nanos >> shift)]++;
}

/* One line, and the process's end: what was given, or what the machine has, can't do. */
static void __attribute__((noreturn, format(printf, 1, 2))) refuse(const char *format, ...)
{
	va_list arguments;

	printf("{\"event\":\"error\",\"nanos\":0,\"counters\":{},\"facts\":{},\"errors\":[\"");
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\"]}\n");
	fflush(stdout);
	_exit(2);
}

static void pin(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return; /* the kernel places it */
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		refuse("it may not run on CPU %d", cpu);
}

static inline uint64_t latency_of(int step)
{
	const int shift = step >> STEP_BITS > 0 ? (step >> STEP_BITS) - 1 : 0;

	return ((uint64_t)step - ((uint64_t)shift << STEP_BITS)) << shift;
}

/* Pairs of a latency, ns, and how often it was, since the last report. */
static void print_histogram(void)
{
	const char *space = "";

	printf(",\"histogram\":\"");
	for (int i = 0; i < STEPS; i++) {
		const uint64_t count = node.latency[i] - latency_at_report[i];

		if (count > 0) {
			printf("%s%" PRIu64 ":%" PRIu64, space, latency_of(i), count);
			space = " ";
		}
	}
	printf("\"");
}

static void print_latency(const char *name, const uint64_t *before)
{
	static const double shares[] = { 0.5, 0.99, 0.999, 1 };
	static const char *const names[] = { "p50", "p99", "p999", "max" };
	uint64_t count = 0;

	for (int i = 0; i < STEPS; i++)
		count += node.latency[i] - before[i];
	printf(",\"%s\":{\"count\":%" PRIu64, name, count);
	for (int s = 0; s < 4; s++) {
		uint64_t seen = 0;
		double micros = 0;

		for (int i = 0; i < STEPS && count > 0; i++) {
			seen += node.latency[i] - before[i];
			if ((double)seen >= shares[s] * (double)count) {
				micros = (double)latency_of(i) / 1e3;
				break;
			}
		}
		printf(",\"%s\":%.3f", names[s], micros);
	}
	printf("}");
}

/* What another thread had its CPU for while it could have run; 0 where the kernel does not tell. */
static uint64_t waited_nanos(void)
{
	char path[64];
	unsigned long long ran = 0, waited = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", node.thread);
	file = fopen(path, "r");
	if (file != NULL) {
		if (fscanf(file, "%llu %llu", &ran, &waited) != 2)
			waited = 0;
		fclose(file);
	}
	return waited;
}

static void report(const char *event)
{
	struct rusage used;
	uint64_t cpu;

	getrusage(RUSAGE_SELF, &used);
	cpu = (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000000u
	      + (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000u;
	printf("{\"event\":\"%s\",\"nanos\":%" PRIu64 ",\"counters\":{\"FRAMES_RECEIVED\":%" PRIu64
	       ",\"FRAMES_TRANSMITTED\":%" PRIu64 ",\"TCP_SEGMENTS_RETRANSMITTED\":%" PRIu64 ",\"DUTY_WORK_NANOS\":%" PRIu64
	       ",\"DUTY_IDLE_NANOS\":%" PRIu64 ",\"TCP_PASSIVE_OPENS\":%" PRIu64 "}",
	       event, now_nanos(CLOCK_MONOTONIC), node.frames_in, node.frames_out, node.retransmitted, node.work_nanos,
	       node.idle_nanos, is_generator ? 0 : node.opened);
	if (is_generator) {
		/* in an order in which no connection has ended that has not begun */
		const uint64_t failed = node.failed, first = node.closed_at_first_try, closed = node.closed;
		const uint64_t opened = node.opened, attempts = node.attempts;

		printf(",\"load\":{\"offered\":%" PRIu64 ",\"attempts\":%" PRIu64 ",\"opened\":%" PRIu64 ",\"closed\":%" PRIu64
		       ",\"closedAtFirstTry\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"heldBack\":0,\"failures\":{%s",
		       attempts, attempts, opened, closed, first, failed, failed > 0 ? "\"ANY\":" : "");
		if (failed > 0)
			printf("%" PRIu64, failed);
		printf("}}");
		print_latency("recent", latency_at_report);
		print_latency("total", latency_at_mark);
		print_histogram();
		memcpy(latency_at_report, (const void *)node.latency, sizeof(latency_at_report));
	}
	printf(",\"process\":{\"cpuNanos\":%" PRIu64 ",\"pollingCpuNanos\":%" PRIu64
	       ",\"pollingAllocatedBytes\":0,\"gcCount\":0,\"gcMillis\":0,\"safepoints\":0,\"safepointMillis\":0,"
	       "\"pollingThreads\":1,\"pollingWaitNanos\":%" PRIu64 ",\"pollingSwitches\":0},\"facts\":{%s%s%s},\"errors\":[]}\n",
	       cpu, cpu, waited_nanos(), *fact ? "\"program\":\"" : "", fact, *fact ? "\"" : "");
	fflush(stdout);
}

static void *work(void *); /* the working thread; ends once node.ended is set */

static void *begin(void *argument)
{
	node.thread = (int)syscall(SYS_gettid);
	return work(argument);
}

/* Answers until the input ends. */
static void answer(void *argument)
{
	char line[64];
	pthread_t thread;

	signal(SIGINT, SIG_IGN); /* the parent's, which ends this by closing its input */
	signal(SIGPIPE, SIG_IGN);
	pthread_create(&thread, NULL, begin, argument);
	while (!node.ready)
		usleep(1000);
	report("ready");
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (strcmp(line, "start\n") == 0)
			node.running = true;
		if (strcmp(line, "stop\n") == 0) {
			const uint64_t start = now_nanos(CLOCK_MONOTONIC);

			node.running = false;
			while (node.attempts > node.closed + node.failed && now_nanos(CLOCK_MONOTONIC) - start < DRAIN_PATIENCE_NANOS)
				usleep(1000);
		}
		report("sample");
		if (strcmp(line, "mark\n") == 0)
			memcpy(latency_at_mark, (const void *)node.latency, sizeof(latency_at_mark));
	}
	node.ended = true;
	pthread_join(thread, NULL);
}

#endif
