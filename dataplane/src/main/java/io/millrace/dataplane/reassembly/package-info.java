/**
 * Reassembly of IPv4 and IPv6 fragments, within bounds that nobody outside can stretch: so many datagrams at once, each
 * held in one frame of the pool, for so long; and the way back, for echoes of what came in fragments. Used by {@code core}; imports {@code wire}, {@code ingress}, {@code port} and
 * {@code counters}.
 */
package io.millrace.dataplane.reassembly;
