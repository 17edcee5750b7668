/**
 * Neighbors: which MAC address a next hop has, by ARP (RFC 826, RFC 1122 §2.3.2, RFC 5227) and neighbor discovery (RFC
 * 4861, RFC 4862), and what waits for it.
 *
 * <p>One thread, the IO core or the first run-to-completion shard, owns {@link
 * io.millrace.dataplane.neighbor.NeighborService}: it alone writes the {@link
 * io.millrace.dataplane.neighbor.NeighborTable}, answers and sends both protocols, and holds the frames that wait. Every other thread
 * has {@link io.millrace.dataplane.neighbor.NeighborResolver}: it reads a MAC address without a lock, and sends wishes
 * (resolve this, here is a frame for it, I saw this address) to the owner through a ring. Used by {@code core} and the TCP
 * engine.
 */
package io.millrace.dataplane.neighbor;
