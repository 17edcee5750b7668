package io.millrace.bench.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the polling threads of one role in one process spent their CPU time. Immutable.
 *
 * @param node the process: server, generator or client.
 * @param role what the threads are: shard or io.
 * @param threads how many there were.
 * @param samples those that found a place.
 * @param failed those whose stack could not be walked.
 * @param lost those for which the JVM had no room.
 * @param cpuSeconds CPU time that the samples stand for.
 * @param busy the share of the process's polling that found work, by its own account.
 * @param rooms the share of each room that had any, the greatest first.
 * @param methods the hottest, the greatest first.
 */
public record ThreadProfile(
        String node,
        String role,
        int threads,
        long samples,
        long failed,
        long lost,
        double cpuSeconds,
        double busy,
        Map<Room, Double> rooms,
        List<Method> methods) {
    private static final int HOTTEST = 15;

    /**
     * A method.
     *
     * @param share of the CPU time.
     */
    public record Method(String name, Room room, double share) {}

    /** Adds samples up. One thread. */
    static final class Sum {
        private final Map<Long, Boolean> threads = new HashMap<>();
        private final Map<Place, Long> nanos = new HashMap<>();
        private long samples;
        private long failed;
        private long lost;

        /** A sample of a thread that stands for so much CPU time. */
        void add(final long thread, final Place place, final long sampleNanos) {
            threads.put(thread, true);
            samples++;
            nanos.merge(place, sampleNanos, Long::sum);
        }

        /** A sample whose stack could not be walked. */
        void addFailed(final long thread) {
            threads.put(thread, true);
            failed++;
        }

        /** Samples for which there was no room. */
        void addLost(final long thread, final long count) {
            threads.put(thread, true);
            lost += count;
        }

        ThreadProfile toProfile(final String node, final String role, final double busy) {
            final double all = Math.max(
                    1, nanos.values().stream().mapToLong(Long::longValue).sum());
            final Map<Room, Double> rooms = new EnumMap<>(Room.class);
            final List<Method> methods = new ArrayList<>();
            nanos.forEach((place, time) -> {
                rooms.merge(place.room(), time / all, Double::sum);
                methods.add(new Method(place.method(), place.room(), time / all));
            });
            methods.sort(Comparator.comparingDouble(Method::share).reversed().thenComparing(Method::name));
            final Map<Room, Double> ordered = new LinkedHashMap<>();
            rooms.entrySet().stream()
                    .sorted(Map.Entry.<Room, Double>comparingByValue().reversed())
                    .forEach(entry -> ordered.put(entry.getKey(), entry.getValue()));
            return new ThreadProfile(
                    node,
                    role,
                    threads.size(),
                    samples,
                    failed,
                    lost,
                    samples == 0 ? 0 : all / 1e9,
                    busy,
                    ordered,
                    List.copyOf(methods.subList(0, Math.min(HOTTEST, methods.size()))));
        }
    }
}
