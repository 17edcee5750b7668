package io.millrace.dataplane;

/** Takes complete Ethernet frames out: the egress as TCP sees it. Owned by the thread of the sender. */
public interface FrameSink {
    /** Takes over a frame to be sent; it may wait for {@link #flush()}. A frame that can't be sent is freed and counted. */
    void send(long mbuf);

    /** Hands on whatever {@link #send} has gathered. */
    void flush();
}
