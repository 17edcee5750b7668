package io.millrace.bench.profile;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** Reads what a {@link NodeRecording} has written. One thread. */
final class RecordingReader {
    private final Set<Long> threads;
    private final Instant from;
    private final Instant to;
    private final TreeMap<String, ThreadProfile.Sum> roles = new TreeMap<>();

    /**
     * Reads what concerns some threads in a stretch of time.
     *
     * @param threads by the ids that Java knows them by.
     */
    RecordingReader(final Set<Long> threads, final Instant from, final Instant to) {
        this.threads = threads;
        this.from = from;
        this.to = to;
    }

    /** A profile for each role of a process's threads. */
    List<ThreadProfile> read(final Path file, final String node, final double busy) throws IOException {
        try (RecordingFile events = new RecordingFile(file)) {
            while (events.hasMoreEvents()) {
                take(events.readEvent());
            }
        }
        return roles.entrySet().stream()
                .map(role -> role.getValue().toProfile(node, role.getKey(), busy))
                .toList();
    }

    private void take(final RecordedEvent event) {
        final RecordedThread thread = event.getThread();
        if (thread == null
                || !threads.contains(thread.getJavaThreadId())
                || event.getStartTime().isBefore(from)
                || event.getStartTime().isAfter(to)) {
            return;
        }
        final ThreadProfile.Sum sum =
                roles.computeIfAbsent(role(thread.getJavaName()), name -> new ThreadProfile.Sum());
        final long id = thread.getJavaThreadId();
        switch (event.getEventType().getName()) {
            case NodeRecording.LOST -> sum.addLost(id, event.getLong("lostSamples"));
            case NodeRecording.SAMPLE -> {
                final RecordedStackTrace stack = event.getStackTrace();
                if (event.getBoolean("failed") || stack == null) {
                    sum.addFailed(id);
                } else {
                    // longer than the period where the thread could not be sampled in between
                    sum.add(
                            id,
                            Place.of(frames(stack)),
                            event.getDuration("samplingPeriod").toNanos());
                }
            }
            default -> {}
        }
    }

    private static List<Place.Frame> frames(final RecordedStackTrace stack) {
        return stack.getFrames().stream()
                .map(RecordedFrame::getMethod)
                .map(method -> new Place.Frame(method.getType().getName(), method.getName()))
                .toList();
    }

    /** A polling thread's name without its number. */
    private static String role(final String thread) {
        final int dash = thread.indexOf('-');
        return dash < 0 ? thread : thread.substring(0, dash);
    }
}
