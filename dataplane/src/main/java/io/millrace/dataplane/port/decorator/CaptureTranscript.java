package io.millrace.dataplane.port.decorator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.LongStream;

/** Turns what a {@link CaptureReader} reads into pcapng. One thread; allocates as its writer does. */
public final class CaptureTranscript {
    private final CaptureReader reader;
    private final CaptureFilter filter;
    private final PcapngWriter writer;
    private final long[] written;

    /**
     * Begins the file.
     *
     * @param reader where frames come from
     * @param filter which of them are written
     * @param channel where they go; closed by {@link #finish}
     */
    public CaptureTranscript(final CaptureReader reader, final CaptureFilter filter, final WritableByteChannel channel)
            throws IOException {
        this.reader = reader;
        this.filter = filter;
        writer = new PcapngWriter(channel, "Millrace");
        final List<CaptureReader.Interface> interfaces = reader.interfaces();
        written = new long[interfaces.size()];
        for (final CaptureReader.Interface each : interfaces) {
            writer.addInterface(each.name(), each.description(), reader.snap());
        }
    }

    /** Writes the frames that have settled since the last call, and flushes; returns how many. */
    public int follow() throws IOException {
        return count(() -> reader.follow(this::write));
    }

    /** Writes the last {@code frames} frames there are now; returns how many. */
    public int writeLast(final int frames) throws IOException {
        return count(() -> reader.readLast(frames, this::write));
    }

    private int count(final IntSupplier reading) throws IOException {
        try {
            final int frames = reading.getAsInt();
            writer.flush();
            return frames;
        } catch (final UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void write(final CapturedFrame frame) {
        final ByteBuffer data = frame.data();
        final int direction = frame.isInbound() ? CaptureLayout.INBOUND : CaptureLayout.OUTBOUND;
        final long address = MemorySegment.ofBuffer(data).address();
        if (!filter.matches(address, data.remaining(), direction)) {
            return;
        }
        written[frame.interfaceNumber()]++;
        try {
            writer.write(frame);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Frames written so far. */
    public long written() {
        return LongStream.of(written).sum();
    }

    /** Frames overwritten before they could be written. */
    public long lost() {
        return reader.lost();
    }

    /** Adds the statistics and closes the file. */
    public void finish(final long epochNanos) throws IOException {
        try (writer) {
            for (int i = 0; i < written.length; i++) {
                // which interface the lost ones were of nobody knows: they stand at the first
                final long lost = i == 0 ? reader.lost() : 0;
                writer.statistics(i, epochNanos, written[i] + lost, lost);
            }
        }
    }
}
