package io.millrace.dataplane.port;

import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.ring.Doorbell;

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

    /** No descriptor tells of frames in this queue. */
    int NO_INTERRUPT = -1;

    /**
     * Has {@code doorbell} rung after each arrival from now on, {@link Doorbell#SILENT} for none.
     *
     * @return false where frames come from a device, which rings no bell
     */
    default boolean ringOnArrival(final Doorbell doorbell) {
        return false;
    }

    /** The descriptor that is readable when frames have come since {@link #enableInterrupt}; or {@link #NO_INTERRUPT}. */
    default int interruptDescriptor() {
        return NO_INTERRUPT;
    }

    /**
     * Asks for an interrupt by the next frame. One that is in the queue already may not cause any: receive after this, and
     * sleep only if that brought nothing. An interrupt may be in vain.
     *
     * @return whether one will come; if not, keep polling, or sleep for a bounded time
     */
    default boolean enableInterrupt() {
        return false;
    }

    /** Wants no interrupt any more, and makes the descriptor unreadable if one has come. */
    default void disableInterrupt() {}

    /**
     * Frame {@code index} of the last burst received turned out to be of no use. Whoever sorts a burst says so before the
     * next one, for those who watch; a queue itself has no need of it.
     */
    default void dropped(final int index, final DropReason reason) {}
}
