package io.millrace.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the CPUs of the machine have done since it was started, by the kernel's account in {@code /proc/stat}. Immutable.
 *
 * @param cpus by number; empty where the kernel does not tell.
 */
public record CpuTimes(SortedMap<Integer, Ticks> cpus) {
    /** Nothing known. */
    public static final CpuTimes UNKNOWN = new CpuTimes(new TreeMap<>());

    private static final Path STAT = Path.of("/proc/stat");
    private static final Pattern CPU = Pattern.compile("cpu([0-9]+) +([0-9 ]+)");

    // proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal; guest time is in user already
    private static final int IDLE = 3;
    private static final int IOWAIT = 4;
    private static final int STEAL = 7;
    private static final int FIELDS = 8;

    /**
     * One CPU's time, in ticks of the kernel's.
     *
     * @param busy for anything.
     * @param steal that the hypervisor gave to others.
     * @param total all of it.
     */
    public record Ticks(long busy, long steal, long total) {}

    /** As they are now. */
    public static CpuTimes read() {
        try {
            return of(Files.readAllLines(STAT));
        } catch (final IOException e) {
            return UNKNOWN;
        }
    }

    static CpuTimes of(final List<String> lines) {
        final SortedMap<Integer, Ticks> cpus = new TreeMap<>();
        for (final String line : lines) {
            final Matcher matcher = CPU.matcher(line);
            if (matcher.matches()) {
                cpus.put(
                        Integer.valueOf(matcher.group(1)),
                        ticks(matcher.group(2).split(" ", -1)));
            }
        }
        return new CpuTimes(cpus);
    }

    private static Ticks ticks(final String[] fields) {
        long total = 0;
        for (int i = 0; i < FIELDS; i++) {
            total += Long.parseLong(fields[i]);
        }
        final long steal = Long.parseLong(fields[STEAL]);
        return new Ticks(total - Long.parseLong(fields[IDLE]) - Long.parseLong(fields[IOWAIT]) - steal, steal, total);
    }

    /** The share of its time since then that a CPU was busy, 0 to 1. */
    double busySince(final CpuTimes earlier, final int cpu) {
        return share(earlier, cpu, false);
    }

    /** The most that was stolen of one of these CPUs since then, as a share of its time. */
    double mostStolenSince(final CpuTimes earlier, final Collection<Integer> of) {
        return of.stream().mapToDouble(cpu -> share(earlier, cpu, true)).max().orElse(0);
    }

    private double share(final CpuTimes earlier, final int cpu, final boolean stolen) {
        final Ticks now = cpus.get(cpu);
        final Ticks before = earlier.cpus.get(cpu);
        if (now == null || before == null || now.total <= before.total) {
            return 0;
        }
        final double part = stolen ? now.steal - before.steal : now.busy - before.busy;
        return part / (now.total - before.total);
    }
}
