package io.millrace.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The machine's CPUs, as the kernel tells in {@code /sys/devices/system}. What it does not tell is empty: a kernel without
 * NUMA has no nodes.
 *
 * @param isolated CPUs that the scheduler leaves to threads pinned there ({@code isolcpus=})
 * @param tickless CPUs without timer ticks while one thread runs there ({@code nohz_full=})
 * @param siblings for each CPU the hyper-threads of its core, itself among them
 * @param nodes for each CPU the number of its NUMA node
 */
public record CpuTopology(
        SortedSet<Integer> isolated,
        SortedSet<Integer> tickless,
        Map<Integer, SortedSet<Integer>> siblings,
        Map<Integer, Integer> nodes) {
    private static final Path SYSTEM = Path.of("/sys/devices/system");

    /** This machine's. */
    public static CpuTopology read() {
        return read(SYSTEM);
    }

    /** As a directory laid out like {@code /sys/devices/system} tells. */
    public static CpuTopology read(final Path system) {
        final Path cpus = system.resolve("cpu");
        final Map<Integer, SortedSet<Integer>> siblings = new TreeMap<>();
        numbered(cpus, "cpu")
                .forEach((cpu, folder) -> siblings.put(cpu, list(folder.resolve("topology/thread_siblings_list"))));
        final Map<Integer, Integer> nodes = new TreeMap<>();
        numbered(system.resolve("node"), "node")
                .forEach((node, folder) -> list(folder.resolve("cpulist")).forEach(cpu -> nodes.put(cpu, node)));
        return new CpuTopology(
                list(cpus.resolve("isolated")),
                list(cpus.resolve("nohz_full")),
                Collections.unmodifiableMap(siblings),
                Collections.unmodifiableMap(nodes));
    }

    /** The NUMA node of a CPU, where the kernel tells. */
    public OptionalInt nodeOf(final int cpu) {
        final Integer node = nodes.get(cpu);
        return node == null ? OptionalInt.empty() : OptionalInt.of(node);
    }

    /** Whether two CPUs are hyper-threads of one core. */
    public boolean areSiblings(final int one, final int other) {
        return one != other
                && siblings.getOrDefault(one, Collections.emptySortedSet()).contains(other);
    }

    /** Folders named by a word and a number, such as {@code cpu7}, by their number. */
    private static Map<Integer, Path> numbered(final Path folder, final String word) {
        final Map<Integer, Path> found = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, word + "[0-9]*")) {
            for (final Path entry : entries) {
                final String number = entry.getFileName().toString().substring(word.length());
                if (number.chars().allMatch(Character::isDigit)) {
                    found.put(Integer.parseInt(number), entry);
                }
            }
        } catch (final IOException e) {
            return Map.of(); // a kernel without NUMA, or /sys not mounted
        }
        return found;
    }

    /** A list as {@code 0-3,8}; empty where there is no such file, or it says {@code (null)}, as nohz_full does. */
    private static SortedSet<Integer> list(final Path file) {
        final SortedSet<Integer> cpus = new TreeSet<>();
        if (!Files.isReadable(file)) {
            return cpus;
        }
        try {
            final String text = Files.readString(file).strip();
            if (text.isEmpty() || !Character.isDigit(text.charAt(0))) {
                return cpus;
            }
            for (final String part : text.split(",")) {
                final int dash = part.indexOf('-');
                final int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
                final int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1));
                for (int cpu = first; cpu <= last; cpu++) {
                    cpus.add(cpu);
                }
            }
            return cpus;
        } catch (final IOException e) {
            throw new UncheckedIOException("can't read " + file, e);
        }
    }
}
