package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.PortFrames;
import io.millrace.dataplane.ring.FrameRing;

/**
 * Sends frames of whichever ports to an IO core by a ring, many at a time. What the ring has no room for stays until the next flush; when
 * this store is full too, a new frame is dropped and counted: it never waits for the IO core.
 *
 * <p>Owned by the shard's thread; allocates nothing after it is made.
 */
final class RingSink implements FrameSink {
    private final FrameRing ring;
    private final PortFrames frames;
    private final CounterBlock counters;
    private final FrameBatch batch = new FrameBatch(PortSink.CAPACITY);

    RingSink(final FrameRing ring, final PortFrames frames, final CounterBlock counters) {
        this.ring = ring;
        this.frames = frames;
        this.counters = counters;
    }

    @Override
    public void send(final long mbuf) {
        if (batch.isFull()) {
            flush();
            if (batch.isFull()) {
                counters.increment(Counter.EGRESS_RING_DROPS);
                frames.free(mbuf);
                return;
            }
        }
        batch.add(mbuf, 0, 0);
    }

    @Override
    public boolean hasRoom() {
        if (batch.size() >= PortSink.ROOM) {
            flush();
        }
        return batch.size() < PortSink.ROOM;
    }

    @Override
    public void flush() {
        if (!batch.isEmpty()) {
            final int sent = ring.offer(batch, 0);
            if (sent > 0) {
                batch.removeFirst(sent);
            }
        }
    }

    /** Frames that wait for the ring. */
    int pending() {
        return batch.size();
    }

    /** Tries to hand over what is left, frees what does not fit. */
    void close() {
        flush();
        counters.add(Counter.EGRESS_RING_DROPS, batch.size());
        for (int i = 0; i < batch.size(); i++) {
            frames.free(batch.mbuf(i));
        }
        batch.clear();
    }
}
