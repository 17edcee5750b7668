package io.millrace.dataplane.port;

/** A receive queue. Owned by one thread; allocates nothing. */
@FunctionalInterface
public interface RxQueue {
    /**
     * Receives what has arrived, up to the burst's capacity, without waiting. What was in the burst is forgotten: it is
     * filled from index 0 and its size set. The frames become the caller's.
     *
     * @return number of frames received
     */
    int receive(FrameBurst burst);
}
