package io.millrace.dataplane;

/** Takes complete Ethernet frames out: the egress as TCP sees it. Owned by the thread of the sender. */
public interface FrameSink {
    /** Takes over a frame to be sent; it may wait for {@link #flush()}. A frame that can't be sent is freed and counted. */
    void send(long mbuf);

    /**
     * Whether there is room for a frame that can wait. Some is kept for those that can't, so that {@link #send} may take a
     * frame where this says no; the sender keeps what would be in it, and asks again after the next {@link #flush}.
     */
    default boolean hasRoom() {
        return true;
    }

    /** Hands on whatever {@link #send} has gathered. */
    void flush();
}
