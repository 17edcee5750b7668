package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.ingress.FrameClassifier;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.reassembly.Reassembler;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

/**
 * Receives a burst and sorts it: TCP to the consumer in one batch, ARP and ICMP to the responder, fragments to the
 * reassembler, the rest dropped and counted by reason. What the reassembler has put together is sorted as if it had come
 * whole. So frames received and datagrams reassembled are frames to TCP, frames to the host, fragments absorbed and drops,
 * exactly.
 *
 * <p>Owned by one thread; allocates nothing after it is made.
 */
final class IngressStage implements AutoCloseable {
    private static final int CACHE_LINE = 64;

    private final RxQueue queue;
    private final int port;
    private final FrameClassifier classifier;
    private final HostResponder responder;
    private final Reassembler reassembler;
    private final QueueSteering steering;
    private final FrameAllocator allocator;
    private final CounterBlock counters;
    private final FrameBurst burst;
    private final FrameBatch batch;
    private long touched;
    /** Index in the burst of the frame at hand; the last fragment's for a datagram put together. */
    private int sorting;

    /**
     * Makes a stage that has each frame name the port by its number.
     *
     * @param steering by which hash frames find their shard
     * @param burstSize most frames taken at once
     */
    IngressStage(
            final RxQueue queue,
            final int port,
            final FrameClassifier classifier,
            final HostResponder responder,
            final Reassembler reassembler,
            final QueueSteering steering,
            final FrameAllocator allocator,
            final CounterBlock counters,
            final int burstSize) {
        this.queue = queue;
        this.port = port;
        this.classifier = classifier;
        this.responder = responder;
        this.reassembler = reassembler;
        this.steering = steering;
        this.allocator = allocator;
        this.counters = counters;
        burst = new FrameBurst(burstSize);
        batch = new FrameBatch(burstSize);
    }

    /** Receives one burst; returns the number of frames. */
    int poll(final FrameConsumer consumer, final long nowNanos) {
        final int received = queue.receive(burst);
        if (received > 0) {
            touched = touch(received);
            sort(received, nowNanos);
            if (!batch.isEmpty()) {
                counters.add(Counter.FRAMES_TO_TCP, batch.size());
                batch.more(burst.isFull());
                consumer.onFrames(batch);
                batch.clear();
            }
        }
        return received + reassembler.expire(nowNanos);
    }

    /**
     * Reads the two cache lines that hold the headers of each frame. Another core, or the device, wrote them a moment ago:
     * read all at once their misses overlap, read one frame after the other each is waited for.
     */
    private long touch(final int received) {
        long read = 0;
        for (int i = 0; i < received; i++) {
            final long data = Mbuf.dataAddress(burst.get(i));
            read += Memory.getLong(data) + Memory.getLong(data + CACHE_LINE);
        }
        return read;
    }

    /** The sum of what was touched; keeps the reads from being optimised away. */
    long touched() {
        return touched;
    }

    private void sort(final int received, final long nowNanos) {
        long bytes = 0;
        for (int i = 0; i < received; i++) {
            final long mbuf = burst.get(i);
            sorting = i;
            bytes += Mbuf.packetLength(mbuf);
            Mbuf.port(mbuf, port);
            final int meta = classifier.classify(mbuf);
            final int kind = FrameMeta.kind(meta);
            if (meta >= 0 && (kind == FrameMeta.FRAGMENT4 || kind == FrameMeta.FRAGMENT6)) {
                onFragment(mbuf, meta, nowNanos);
            } else {
                place(mbuf, meta, true, nowNanos);
            }
        }
        counters.add(Counter.FRAMES_RECEIVED, received);
        counters.add(Counter.BYTES_RECEIVED, bytes);
    }

    private void place(final long mbuf, final int meta, final boolean asItCame, final long nowNanos) {
        if (meta < 0) {
            count(DropReason.of(meta));
            responder.onDropped(mbuf, DropReason.of(meta), nowNanos);
        } else if (FrameMeta.kind(meta) == FrameMeta.TCP4 || FrameMeta.kind(meta) == FrameMeta.TCP6) {
            batch.add(mbuf, asItCame ? steering.hashOf(mbuf, meta) : steering.hashOfUnsteered(mbuf, meta), meta);
        } else if (FrameMeta.kind(meta) >= FrameMeta.ICMP4_ERROR) {
            batch.add(mbuf, steering.hashOfUnsteered(mbuf, meta), meta); // the device's is of the router that speaks
        } else {
            counters.increment(Counter.FRAMES_TO_HOST);
            responder.onFrame(mbuf, meta, nowNanos);
        }
    }

    /** Each fragment brings at most one frame to the batch, as any frame does, so that there is room for it. */
    private void onFragment(final long mbuf, final int meta, final long nowNanos) {
        final long whole = reassembler.take(mbuf, meta, nowNanos);
        if (whole == DropReason.FRAGMENT_MALFORMED.code()) {
            count(DropReason.FRAGMENT_MALFORMED);
            responder.onMalformedFragment(mbuf, meta, nowNanos);
        } else if (whole < 0) {
            drop(mbuf, (int) whole);
        } else if (whole != 0) {
            Mbuf.port(whole, port);
            final int wholeMeta = classifier.classify(whole);
            final int kind = FrameMeta.kind(wholeMeta);
            if (wholeMeta >= 0 && (kind == FrameMeta.FRAGMENT4 || kind == FrameMeta.FRAGMENT6)) {
                drop(whole, DropReason.FRAGMENT_MALFORMED.code()); // fragments of fragments: nobody means well by that
            } else {
                place(whole, wholeMeta, false, nowNanos);
            }
        }
    }

    private void drop(final long mbuf, final int code) {
        count(DropReason.of(code));
        allocator.free(mbuf);
    }

    private void count(final DropReason reason) {
        counters.increment(reason.counter());
        queue.dropped(sorting, reason);
    }

    @Override
    public void close() {
        reassembler.close();
        burst.close();
    }
}
