/**
 * Where the fields of DPDK's structures lie, one table for each DPDK ABI, chosen by the soname of the libraries found.
 * Data only: it imports nothing of Millrace but {@code io.millrace.memory}.
 */
package io.millrace.dpdk.layout;
