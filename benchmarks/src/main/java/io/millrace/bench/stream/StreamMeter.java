package io.millrace.bench.stream;

import io.millrace.bench.load.LatencyRecorder;
import io.millrace.bench.run.NodeReport.Stream;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one node has moved. Written by one thread without a locked instruction, read by any. Allocates at construction only.
 */
public final class StreamMeter {
    private static final int BYTES = 0;
    private static final int EXCHANGES = 1;
    private static final int OPEN = 2;
    private static final int FAILED = 3;

    private final AtomicLongArray counts = new AtomicLongArray(FAILED + 1);
    private final LatencyRecorder latency = new LatencyRecorder();

    private void add(final int index, final long amount) {
        counts.setRelease(index, counts.getPlain(index) + amount);
    }

    void received(final int bytes) {
        add(BYTES, bytes);
    }

    void exchanged(final long nanos) {
        add(EXCHANGES, 1);
        latency.record(nanos);
    }

    void opened() {
        add(OPEN, 1);
    }

    void ended() {
        add(OPEN, -1);
        add(FAILED, 1);
    }

    /** How long exchanges took; filled by the writing thread. */
    public LatencyRecorder latency() {
        return latency;
    }

    /** The counts now. */
    public Stream counts() {
        return new Stream(counts.get(BYTES), counts.get(EXCHANGES), counts.get(OPEN), counts.get(FAILED));
    }
}
