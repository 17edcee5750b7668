package io.millrace.bench.run;

import io.millrace.bench.load.LatencyRecorder;
import io.millrace.bench.run.NodeReport.Latency;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** Gathers what several threads record of latencies. Used by one thread that does not poll; allocates. */
public final class LatencyMeter {
    private static final long SWAP_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SWAP_POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final List<LatencyRecorder> recorders;
    private final Histogram total = LatencyRecorder.newTotal();
    // kept, as a new one each second would fill the heap until a collection stops the polling threads
    private final Histogram recent = LatencyRecorder.newTotal();
    private final ByteBuffer encoded = ByteBuffer.allocate(recent.getNeededByteBufferCapacity());

    /** Over the recorders of polling threads, which hand over their histograms in their duty cycles. */
    public LatencyMeter(final List<LatencyRecorder> recorders) {
        this.recorders = recorders;
    }

    /** Takes what was recorded since the last time, and adds it to the total as well. */
    public void take() {
        recent.reset();
        for (final LatencyRecorder recorder : recorders) {
            recorder.ask();
            final long deadline = System.nanoTime() + SWAP_PATIENCE_NANOS;
            while (!recorder.ready() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(SWAP_POLL_NANOS);
            }
            if (recorder.ready()) {
                recent.add(recorder.taken());
            }
        }
        total.add(recent);
    }

    /** What the last {@link #take} has brought. */
    public Latency recent() {
        return latency(recent);
    }

    /** The same as a histogram, compressed and as text. */
    public String encodedRecent() {
        encoded.clear();
        final int length = recent.encodeIntoCompressedByteBuffer(encoded);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(encoded.array(), length));
    }

    /** What was taken since {@link #begin}. */
    public Latency total() {
        return latency(total);
    }

    /** Begins the total anew. */
    public void begin() {
        total.reset();
    }

    private static Latency latency(final Histogram nanos) {
        return new Latency(
                nanos.getTotalCount(),
                micros(nanos.getValueAtPercentile(50)),
                micros(nanos.getValueAtPercentile(99)),
                micros(nanos.getValueAtPercentile(99.9)),
                micros(nanos.getMaxValue()));
    }

    private static double micros(final long nanos) {
        return nanos / 1e3;
    }
}
