package io.millrace.dataplane.port.decorator;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.EpochNanoClock;

/**
 * Streams what ports carry to a pcapng file, from the time it is made to the time it is closed. A thread of its own follows a
 * {@link CaptureRing} in memory; where it can't keep up, frames are missing in the file, and counted.
 *
 * <p>Made and closed by a control thread.
 */
public final class CaptureStream implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(CaptureStream.class.getName());
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final CaptureRing ring;
    private final EpochNanoClock clock;
    private final CaptureTranscript transcript;
    private final CounterBlock counters;
    private final Thread thread = new Thread(this::run, "capture-writer");
    private volatile boolean ending;
    private volatile IOException failure;

    private CaptureStream(
            final CaptureRing ring,
            final WritableByteChannel channel,
            final EpochNanoClock clock,
            final CounterBlock counters)
            throws IOException {
        this.ring = ring;
        this.clock = clock;
        this.counters = counters;
        transcript = new CaptureTranscript(ring.reader(), CaptureFilter.ALL, channel);
    }

    /**
     * Begins to capture.
     *
     * @param taps the ports
     * @param settings what to keep; its number of frames is how far the writer may fall behind
     * @param channel where the pcapng goes; closed with this
     * @param clock tells each burst's time
     * @param counters where the writer's thread counts
     * @throws UncheckedIOException when the file's beginning can't be written
     */
    public static CaptureStream start(
            final List<PcapTap> taps,
            final CaptureSettings settings,
            final WritableByteChannel channel,
            final EpochNanoClock clock,
            final CounterBlock counters) {
        final CaptureRing ring = CaptureRing.inMemory(taps, settings, clock);
        try {
            final CaptureStream stream = new CaptureStream(ring, channel, clock, counters);
            stream.thread.setDaemon(true);
            stream.thread.start();
            return stream;
        } catch (final IOException e) {
            ring.close();
            throw new UncheckedIOException(e);
        }
    }

    private void run() {
        try {
            boolean last = false;
            while (!last) {
                last = ending; // read before the ring, so that what was there at the end is written
                final int frames = transcript.follow();
                count(frames);
                if (frames == 0 && !last) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
            transcript.finish(clock.nanoTime());
        } catch (final IOException e) {
            failure = e;
            ring.close();
            LOGGER.log(System.Logger.Level.WARNING, "the capture ends early: " + e.getMessage());
        }
    }

    private void count(final int frames) {
        counters.add(Counter.CAPTURE_FRAMES, frames);
        counters.set(Counter.CAPTURE_DROPS, transcript.lost());
    }

    /** What ended it early, such as a full disk. */
    public Optional<IOException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Ends the capture; returns when all of it is in the file. */
    @Override
    public void close() {
        ring.close();
        ending = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
