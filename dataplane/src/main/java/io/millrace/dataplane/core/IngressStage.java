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
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;

/**
 * Receives a burst and sorts it: TCP to the consumer in one batch, ARP and ICMP to the responder, the rest dropped and
 * counted by reason. Frames received are frames to TCP, frames to the host, and drops, exactly.
 *
 * <p>Owned by one thread; allocates nothing after it is made.
 */
final class IngressStage implements AutoCloseable {
    private static final int CACHE_LINE = 64;

    private final RxQueue queue;
    private final FrameClassifier classifier;
    private final HostResponder responder;
    private final FrameAllocator allocator;
    private final CounterBlock counters;
    private final boolean trustHash;
    private final FrameBurst burst;
    private final FrameBatch batch;
    private long touched;

    /** Makes a stage that takes up to {@code burstSize} frames at once; {@code trustHash} if the port's hash is ours. */
    IngressStage(
            final RxQueue queue,
            final FrameClassifier classifier,
            final HostResponder responder,
            final FrameAllocator allocator,
            final CounterBlock counters,
            final boolean trustHash,
            final int burstSize) {
        this.queue = queue;
        this.classifier = classifier;
        this.responder = responder;
        this.allocator = allocator;
        this.counters = counters;
        this.trustHash = trustHash;
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
                consumer.onFrames(batch);
                batch.clear();
            }
        }
        return received;
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
            bytes += Mbuf.packetLength(mbuf);
            final int meta = classifier.classify(mbuf);
            if (meta < 0) {
                counters.increment(DropReason.of(meta).counter());
                allocator.free(mbuf);
            } else if (FrameMeta.kind(meta) == FrameMeta.TCP4) {
                batch.add(mbuf, hashOf(mbuf), meta);
            } else {
                counters.increment(Counter.FRAMES_TO_HOST);
                responder.onFrame(mbuf, meta, nowNanos);
            }
        }
        counters.add(Counter.FRAMES_RECEIVED, received);
        counters.add(Counter.BYTES_RECEIVED, bytes);
    }

    private int hashOf(final long mbuf) {
        return trustHash && (Mbuf.offloadFlags(mbuf) & MbufFlags.RX_RSS_HASH) != 0 ? Mbuf.rssHash(mbuf) : 0;
    }

    @Override
    public void close() {
        burst.close();
    }
}
