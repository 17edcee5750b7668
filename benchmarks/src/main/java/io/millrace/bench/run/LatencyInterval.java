package io.millrace.bench.run;

import io.millrace.bench.load.LatencyRecorder;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * The latencies of a stretch of time.
 *
 * @param startMillis its first moment, time of day.
 * @param endMillis its last.
 * @param nanos the latencies; not to be changed.
 */
public record LatencyInterval(long startMillis, long endMillis, Histogram nanos) {
    /** Those that the generator told at the end of the time between two moments. */
    public static LatencyInterval between(final Moment before, final Moment now) {
        return new LatencyInterval(
                before.epochMillis(), now.epochMillis(), decode(now.generator().histogram()));
    }

    /** HdrHistogram's own form, or pairs {@code nanos:count} with spaces between them, which has no colon in common with it. */
    private static Histogram decode(final String text) {
        if (text.isEmpty() || text.contains(":")) {
            final Histogram histogram = LatencyRecorder.newTotal();
            for (final String pair : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
                final int colon = pair.indexOf(':');
                histogram.recordValueWithCount(
                        Math.min(Long.parseLong(pair.substring(0, colon)), histogram.getHighestTrackableValue()),
                        Long.parseLong(pair.substring(colon + 1)));
            }
            return histogram;
        }
        return decodeCompressed(text);
    }

    private static Histogram decodeCompressed(final String base64) {
        try {
            return Histogram.decodeFromCompressedByteBuffer(
                    ByteBuffer.wrap(Base64.getDecoder().decode(base64)), 0);
        } catch (final DataFormatException e) {
            throw new IllegalStateException("the generator sent a histogram that can't be read", e);
        }
    }
}
