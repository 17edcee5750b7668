package io.millrace.bench.profile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;

/**
 * Records where this process's threads spend their CPU time, by the JDK's CPU-time profiler, from a moment on until it is closed.
 * Used by one thread that does not poll; allocates. The flight recorder itself is made with this, before anything is measured.
 */
public final class NodeRecording implements AutoCloseable {
    /** What a recording consists of. */
    static final String SAMPLE = "jdk.CPUTimeSample";

    static final String LOST = "jdk.CPUTimeSamplesLost";
    /** How much CPU time of a thread a sample stands for. */
    static final int PERIOD_MILLIS = 2;

    private final Optional<Path> file;
    private final long parent = parent();
    private Recording recording;

    private NodeRecording(final Optional<Path> file) {
        this.file = file;
    }

    /** To a file; to nowhere, and then it costs nothing. */
    public static NodeRecording to(final Optional<Path> file) {
        file.ifPresent(path -> FlightRecorder.getFlightRecorder());
        return new NodeRecording(file);
    }

    /**
     * The flags of a JVM whose recording is to name lines as they are, not as far as the next safepoint, and that keeps what it
     * records in {@code folder} until then.
     */
    static List<String> flags(final Path folder) {
        return List.of(
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+DebugNonSafepoints",
                "-XX:FlightRecorderOptions:repository=" + folder);
    }

    /** Records from now on. */
    public void begin() {
        if (file.isPresent() && recording == null) {
            recording = new Recording();
            recording.enable(SAMPLE).withStackTrace().with("throttle", PERIOD_MILLIS + "ms");
            recording.enable(LOST);
            recording.start();
        }
    }

    /** Writes the file, unless nobody is left to read it. */
    @Override
    public void close() {
        if (recording == null) {
            return;
        }
        try (Recording ending = recording) {
            ending.stop();
            if (parent == parent()) {
                ending.dump(file.orElseThrow());
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("the recording can't be written", e);
        }
    }

    private static long parent() {
        return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
    }
}
