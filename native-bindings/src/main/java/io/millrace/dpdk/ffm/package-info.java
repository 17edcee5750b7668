/**
 * The calls into DPDK's shared libraries: where they are found, C-shaped interfaces with one line of manual for each
 * function, and their implementations by the JDK's Foreign Function and Memory API. Only {@code io.millrace.dpdk}
 * imports it.
 */
package io.millrace.dpdk.ffm;
