package io.millrace.dataplane.reassembly;

/** Learns of datagrams whose time was over before they were whole, to tell their sender (RFC 1122 §3.3.2). */
@FunctionalInterface
public interface ExpiredDatagrams {
    /**
     * Takes over the first fragment of a datagram that has expired.
     *
     * @param mbuf the frame, as it arrived
     * @param meta its {@code FrameMeta}, of kind {@code FRAGMENT4} or {@code FRAGMENT6}
     */
    void onExpired(long mbuf, int meta, long nowNanos);
}
