package io.millrace.dataplane.port.decorator;

import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.ring.Doorbell;

/**
 * A receive queue made of another one, which wakes whoever sleeps as that one does. Owned by one thread; allocates nothing.
 */
public abstract class RxQueueDecorator implements RxQueue {
    /** The queue it is made of. */
    protected final RxQueue rx;

    /** Puts itself round {@code rx}. */
    protected RxQueueDecorator(final RxQueue rx) {
        this.rx = rx;
    }

    @Override
    public final boolean ringOnArrival(final Doorbell doorbell) {
        return rx.ringOnArrival(doorbell);
    }

    @Override
    public final int interruptDescriptor() {
        return rx.interruptDescriptor();
    }

    @Override
    public final boolean enableInterrupt() {
        return rx.enableInterrupt();
    }

    @Override
    public final void disableInterrupt() {
        rx.disableInterrupt();
    }

    @Override
    public void dropped(final int index, final DropReason reason) {
        rx.dropped(index, reason);
    }
}
