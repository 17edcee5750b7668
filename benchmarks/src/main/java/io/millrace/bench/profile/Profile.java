package io.millrace.bench.profile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one more run has shown, made for nothing but this, as sampling costs. Immutable.
 *
 * @param figures what that run measured, by the names of the result's JSON.
 * @param ofMedian its figure as a share of the median of those that were not sampled; NaN where there is none.
 * @param interrupted whether somebody ended it early.
 * @param missing why there is none, or what broke it off.
 * @param threads by process and role.
 * @param recordings the recordings as the JDK's tools read them, by the names of their files.
 */
public record Profile(
        Map<String, Object> figures,
        double ofMedian,
        boolean interrupted,
        Optional<String> missing,
        List<ThreadProfile> threads,
        Map<String, byte[]> recordings) {
    private static final double NOTABLE = 0.01;
    private static final int MOST_ROOMS = 6;

    /**
     * A process that may have been recorded.
     *
     * @param name server, generator or client.
     * @param threads its polling threads, by the ids that Java knows them by.
     * @param busy the share of their time that found work, by their own account.
     */
    public record Node(String name, Set<Long> threads, double busy) {}

    /** None, and why. */
    public static Profile none(final String why) {
        return new Profile(Map.of(), Double.NaN, false, Optional.of(why), List.of(), Map.of());
    }

    /**
     * Reads what the processes of a run, which have ended, left in a folder; those of them that are not ours leave nothing.
     *
     * @param from when measuring began; what was before does not count.
     * @param to when it ended.
     */
    public static Profile read(
            final ProfileFolder folder,
            final List<Node> nodes,
            final Instant from,
            final Instant to,
            final Map<String, Object> figures,
            final double ofMedian,
            final boolean interrupted,
            final Optional<String> broken)
            throws IOException {
        final List<ThreadProfile> threads = new ArrayList<>();
        final Map<String, byte[]> recordings = new LinkedHashMap<>();
        for (final Node node : nodes) {
            final Path file = ProfileFolder.file(folder.path(), node.name());
            if (Files.exists(file)) {
                threads.addAll(new RecordingReader(node.threads(), from, to).read(file, node.name(), node.busy()));
                recordings.put(ProfileFolder.name(node.name()), Files.readAllBytes(file));
            }
        }
        final Optional<String> missing =
                threads.isEmpty() ? Optional.of("there is no sample of any polling thread") : Optional.empty();
        return new Profile(figures, ofMedian, interrupted, broken.or(() -> missing), threads, recordings);
    }

    /** For people: a line for the threads of each role, and one about the run. */
    public List<String> lines() {
        final List<String> lines = new ArrayList<>();
        for (final ThreadProfile thread : threads) {
            lines.add("%s: %s; %s busy".formatted(name(thread), rooms(thread), percent(thread.busy())));
        }
        if (!threads.isEmpty()) {
            lines.add("one more run, sampled, in no figure above%s: %,d samples, %,d lost, %,d failed"
                    .formatted(
                            Double.isFinite(ofMedian) ? " (it had " + percent(ofMedian) + " of the median)" : "",
                            threads.stream().mapToLong(ThreadProfile::samples).sum(),
                            threads.stream().mapToLong(ThreadProfile::lost).sum(),
                            threads.stream().mapToLong(ThreadProfile::failed).sum()));
        }
        missing.ifPresent(why -> lines.add("none: " + why));
        return lines;
    }

    /** The role only where it is not the usual one. */
    private static String name(final ThreadProfile thread) {
        return thread.node() + (thread.role().equals("shard") ? "" : ", " + thread.role());
    }

    private static String rooms(final ThreadProfile thread) {
        final String rooms = thread.rooms().entrySet().stream()
                .filter(entry -> entry.getValue() >= NOTABLE)
                .limit(MOST_ROOMS)
                .map(entry -> percent(entry.getValue()) + " " + entry.getKey().label())
                .collect(Collectors.joining(", "));
        return rooms.isEmpty() ? "no sample" : rooms;
    }

    private static String percent(final double share) {
        return String.format(Locale.ROOT, "%.1f%%", share * 100);
    }

    /** For machines. */
    public Map<String, Object> toMap() {
        final Map<String, Object> json = new LinkedHashMap<>(figures);
        json.put("of_median", Double.isFinite(ofMedian) ? rounded(ofMedian) : null);
        json.put("interrupted", interrupted);
        json.put("missing", missing.orElse(null));
        json.put("sampler", NodeRecording.SAMPLE);
        json.put("period_ms", NodeRecording.PERIOD_MILLIS);
        json.put("threads", threads.stream().map(Profile::toMap).toList());
        return json;
    }

    private static Map<String, Object> toMap(final ThreadProfile thread) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("node", thread.node());
        json.put("role", thread.role());
        json.put("count", thread.threads());
        json.put("samples", thread.samples());
        json.put("lost", thread.lost());
        json.put("failed", thread.failed());
        json.put("cpu_s", rounded(thread.cpuSeconds()));
        json.put("busy", rounded(thread.busy()));
        final Map<String, Object> rooms = new LinkedHashMap<>();
        thread.rooms().forEach((room, share) -> rooms.put(room.key(), rounded(share)));
        json.put("rooms", rooms);
        json.put(
                "methods",
                thread.methods().stream()
                        .map(method -> {
                            final Map<String, Object> one = new LinkedHashMap<>();
                            one.put("method", method.name());
                            one.put("room", method.room().key());
                            one.put("share", rounded(method.share()));
                            return one;
                        })
                        .toList());
        return json;
    }

    private static double rounded(final double share) {
        return Math.round(share * 1e4) / 1e4;
    }
}
