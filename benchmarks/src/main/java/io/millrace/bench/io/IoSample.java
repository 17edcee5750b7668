package io.millrace.bench.io;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a child process says at its end: one line of JSON. Immutable.
 *
 * @param frames frames that went through in the measured time.
 * @param nanos the measured time.
 * @param cpuNanos the CPU time the polling thread had in it: less, where it shares its core.
 * @param dpdk DPDK's own words for its version.
 * @param errors why nothing was measured, a line each; null or empty when something was.
 * @param senderBusy of the sender's polling the share that found work; 0 where there is none. The parent's to say.
 */
public record IoSample(long frames, long nanos, long cpuNanos, String dpdk, List<String> errors, double senderBusy) {
    /** A sample that says why there is none. */
    public static IoSample failed(final String error) {
        return new IoSample(0, 0, 0, "", List.of(error), 0);
    }

    /** The same with what is known of the sender. */
    IoSample withSender(final double busy) {
        return new IoSample(frames, nanos, cpuNanos, dpdk, errors, busy);
    }

    /** Millions of frames a second. */
    double mpps() {
        return frames * 1e3 / nanos;
    }

    /** The share of its core that the polling thread had. */
    double share() {
        return (double) cpuNanos / nanos;
    }

    /** Writes it as one line. */
    public String toLine() throws IOException {
        final Map<String, Object> line = new LinkedHashMap<>();
        line.put("frames", frames);
        line.put("nanos", nanos);
        line.put("cpuNanos", cpuNanos);
        line.put("dpdk", dpdk);
        line.put("errors", errors);
        return JSON.std.asString(line);
    }

    /** Reads a line; throws if it is not a sample. */
    static IoSample fromLine(final String line) throws IOException {
        return JSON.std.beanFrom(IoSample.class, line);
    }
}
