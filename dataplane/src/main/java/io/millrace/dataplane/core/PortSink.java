package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.TxQueue;
import io.millrace.dpdk.Mbuf;

/**
 * Sends frames by a transmit queue, many at a time. What the queue has no room for stays until the next flush; when this
 * store is full too, a new frame is dropped and counted: it never waits for the device. Half of the store is for frames whose
 * senders can't wait either; TCP's text and acknowledgments wait in their connections.
 *
 * <p>Owned by one thread; allocates nothing after it is made.
 */
public final class PortSink implements FrameSink, AutoCloseable {
    /** Frames that a sink keeps. */
    static final int CAPACITY = 512;
    /** So many of them may be of senders who can wait; the room beyond is for frames that can't. */
    static final int ROOM = 256;

    private static final int ATTEMPTS = 4;
    /** Flushes in a row of which the device took nothing, before it is taken for dead: some tens of milliseconds. */
    private static final int PATIENCE = 1 << 16;

    private final TxQueue queue;
    private final FrameAllocator allocator;
    private final CounterBlock counters;
    private final FrameBurst burst = new FrameBurst(CAPACITY);
    private long frames;
    private long bytes;
    private int fruitless;
    /** The queue has taken all it can until the next flush. */
    private boolean queueFull;

    /** Makes a sink over a queue. */
    public PortSink(final TxQueue queue, final FrameAllocator allocator, final CounterBlock counters) {
        this.queue = queue;
        this.allocator = allocator;
        this.counters = counters;
    }

    @Override
    public void send(final long mbuf) {
        if (burst.isFull()) {
            if (!queueFull) {
                transmit();
            }
            if (burst.isFull()) {
                counters.increment(Counter.TRANSMIT_DROPS);
                allocator.free(mbuf);
                return;
            }
        }
        frames++;
        bytes += Mbuf.packetLength(mbuf);
        burst.add(mbuf);
    }

    @Override
    public void flush() {
        if (!burst.isEmpty()) {
            transmit();
        }
    }

    @Override
    public boolean hasRoom() {
        if (burst.size() >= ROOM && !queueFull) {
            transmit();
        }
        return burst.size() < ROOM;
    }

    /** Frames that wait for the queue. */
    public int pending() {
        return burst.size();
    }

    /** Whether there is no room for {@code frameCount} frames, and the device still takes some now and then. */
    boolean isBehind(final int frameCount) {
        return burst.size() > CAPACITY - frameCount && !isStalled();
    }

    /** Whether the device has not taken a frame for long: its other end is gone. */
    boolean isStalled() {
        return fruitless >= PATIENCE;
    }

    private void transmit() {
        final int before = burst.size();
        int attempts = ATTEMPTS;
        while (!burst.isEmpty() && attempts > 0) {
            if (queue.transmit(burst) == 0) {
                attempts--;
                Thread.onSpinWait();
            }
        }
        queueFull = !burst.isEmpty();
        fruitless = burst.size() < before ? 0 : Math.min(fruitless + 1, PATIENCE);
        if (frames > 0) {
            counters.add(Counter.FRAMES_TRANSMITTED, frames);
            counters.add(Counter.BYTES_TRANSMITTED, bytes);
            frames = 0;
            bytes = 0;
        }
    }

    /** Tries to send what is left, frees what can't be sent. */
    @Override
    public void close() {
        flush();
        counters.add(Counter.FRAMES_TRANSMITTED, -burst.size());
        counters.add(Counter.TRANSMIT_DROPS, burst.size());
        for (int i = 0; i < burst.size(); i++) {
            allocator.free(burst.get(i));
        }
        burst.close();
    }
}
