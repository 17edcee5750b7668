/**
 * DPDK as Java sees it: the environment ({@code Eal}), memory pools, Ethernet devices, their queues and packet buffers.
 * Modules above import this package and {@code io.millrace.dpdk.layout} only; the calls themselves are in
 * {@code io.millrace.dpdk.ffm}.
 */
package io.millrace.dpdk;
