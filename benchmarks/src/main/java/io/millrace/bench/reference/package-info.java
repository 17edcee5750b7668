/**
 * What the engine is measured beside: programs in C, built here and now, that take one or both places of a run. The kernel's
 * TCP (epoll), a bare echo over DPDK, and a TCP client that shares nothing with the engine. Each answers as {@code
 * bench-node} does. Imported by the command line and, for {@link io.millrace.bench.reference.CProgram}, by {@code bench io}.
 */
package io.millrace.bench.reference;
