package io.millrace.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which CPUs the calling thread may run on. Control path: called once when a polling thread starts. */
public final class CpuAffinity {
    /** Room for 8,192 CPUs, the kernel's own limit. */
    private static final int MASK_BYTES = 1024;

    private CpuAffinity() {}

    /**
     * Binds the calling (platform) thread to one CPU.
     *
     * @throws LinuxException when this process may not use that CPU
     */
    public static void pin(final int cpu) {
        restrict(Collections.singleton(cpu));
    }

    /** Lets the calling thread run on these CPUs only. */
    public static void restrict(final Iterable<Integer> cpus) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            for (final int cpu : cpus) {
                if (cpu < 0 || cpu >= MASK_BYTES * 8) {
                    throw new IllegalArgumentException("CPU " + cpu + "; this machine lets us use " + allowedCpus());
                }
                final byte bits = mask.get(JAVA_BYTE, cpu / 8);
                mask.set(JAVA_BYTE, cpu / 8, (byte) (bits | 1 << cpu % 8));
            }
            final int result = CLibrary.get().schedSetaffinity(0, mask);
            if (result < 0) {
                throw new LinuxException("sched_setaffinity to CPU " + cpus, -result, "choose from " + allowedCpus());
            }
        }
    }

    /** The CPUs the calling thread may run on, ascending. */
    public static SortedSet<Integer> allowedCpus() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
            final int result = CLibrary.get().schedGetaffinity(0, mask);
            if (result < 0) {
                throw new LinuxException("sched_getaffinity", -result, "is /proc/self/status readable?");
            }
            final SortedSet<Integer> cpus = new TreeSet<>();
            for (int cpu = 0; cpu < MASK_BYTES * 8; cpu++) {
                if ((mask.get(JAVA_BYTE, cpu / 8) >> cpu % 8 & 1) != 0) {
                    cpus.add(cpu);
                }
            }
            return cpus;
        }
    }
}
