package io.millrace.dataplane.port;

/** A transmit queue. Owned by one thread; allocates nothing. */
@FunctionalInterface
public interface TxQueue {
    /**
     * Sends as many frames of the burst as there is room for, in order, without waiting. Those sent become the port's and
     * leave the burst; the others stay in it, moved to the front, and remain the caller's.
     *
     * @return number of frames sent
     */
    int transmit(FrameBurst burst);
}
