package io.millrace.dpdk;

import io.millrace.linux.CpuAffinity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How DPDK is started. Immutable; every value is checked when it is made, for EAL itself ends the process on some.
 *
 * @param filePrefix tells this process from other DPDK processes
 * @param hugePages whether memory comes from reserved huge pages; without, it is slower and no PCI device works
 * @param memoryMegabytes memory taken at start; 0 takes what is needed when it is needed (with huge pages), or 1 GB
 * @param iovaMode how devices address memory; one bound to uio has it physically all the same
 * @param cpus where DPDK's own threads may run; the caller's threads stay where they are
 * @param devices the devices that will be attached: PCI ones must be named here
 * @param singleFileSegments few large memory files, as virtio-user needs; implied by a virtio-user device
 * @param logLevel least severity that is logged: {@code emergency}, {@code alert}, {@code critical}, {@code error},
 *     {@code warning}, {@code notice}, {@code info} or {@code debug}
 */
public record EalOptions(
        String filePrefix,
        boolean hugePages,
        int memoryMegabytes,
        IovaMode iovaMode,
        SortedSet<Integer> cpus,
        List<Devargs> devices,
        boolean singleFileSegments,
        String logLevel) {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
    private static final List<String> LOG_LEVELS =
            List.of("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug");
    private static final int MAX_MEGABYTES = 512 << 10; // EAL's own limit: RTE_MAX_MEM_MB
    private static final int MEGABYTES_WITHOUT_HUGE_PAGES = 1024;

    /** Checks all values. */
    public EalOptions {
        if (!PREFIX.matcher(filePrefix).matches()) {
            throw new IllegalArgumentException(
                    "file prefix '" + filePrefix + "': must be 1 to 64 letters, digits, '_', '.' and '-'");
        }
        if (memoryMegabytes < 0 || memoryMegabytes > MAX_MEGABYTES) {
            throw new IllegalArgumentException(
                    "memory of " + memoryMegabytes + " MB: must be 0 (as needed) to " + MAX_MEGABYTES);
        }
        if (cpus.isEmpty() || cpus.first() < 0) {
            throw new IllegalArgumentException("CPUs " + cpus + ": choose from " + CpuAffinity.allowedCpus());
        }
        if (!LOG_LEVELS.contains(logLevel)) {
            throw new IllegalArgumentException("log level '" + logLevel + "': must be one of " + LOG_LEVELS);
        }
        cpus = Collections.unmodifiableSortedSet(new TreeSet<>(cpus));
        devices = devices.stream()
                .flatMap(device -> device.withMembers().stream())
                .toList();
    }

    /** The defaults, to be changed. */
    public static Builder builder() {
        return new Builder();
    }

    /** The arguments for {@code rte_eal_init}, a program's name first: for another program that is to start DPDK alike. */
    public List<String> arguments() {
        return List.of(arguments(null));
    }

    /** The arguments for {@code rte_eal_init}; {@code driverDirectory} is null for EAL's own. */
    String[] arguments(final String driverDirectory) {
        return arguments(driverDirectory, iovaMode);
    }

    /** The same with another mode. */
    String[] arguments(final String driverDirectory, final IovaMode mode) {
        final List<String> arguments = new ArrayList<>(List.of("millrace", "--no-telemetry"));
        arguments.add("--file-prefix=" + filePrefix);
        arguments.add("--iova-mode=" + mode.argument());
        arguments.add("--log-level=*:" + logLevel);
        // One lcore that floats over all these CPUs, so that EAL pins neither its first thread nor its helpers to one.
        arguments.add("--lcores=0@" + cpus.stream().map(String::valueOf).collect(Collectors.joining(",", "(", ")")));
        if (hugePages) {
            arguments.add("--in-memory");
        } else {
            arguments.addAll(List.of("--no-huge", "--no-shconf"));
        }
        if (memoryMegabytes > 0 || !hugePages) {
            arguments.add("-m");
            arguments.add(String.valueOf(memoryMegabytes > 0 ? memoryMegabytes : MEGABYTES_WITHOUT_HUGE_PAGES));
        }
        if (hugePages && (singleFileSegments || devices.stream().anyMatch(Devargs::sharesMemory))) {
            arguments.add("--single-file-segments");
        }
        if (driverDirectory != null) {
            arguments.addAll(List.of("-d", driverDirectory));
        }
        final List<Devargs> pci = devices.stream().filter(Devargs::isPci).toList();
        if (pci.isEmpty()) {
            arguments.add("--no-pci");
        }
        for (final Devargs device : pci) {
            arguments.addAll(List.of("-a", device.toString()));
        }
        return arguments.toArray(String[]::new);
    }

    /** Gathers options; the defaults suit one process with virtual devices and huge pages. */
    public static final class Builder {
        private String filePrefix = "millrace-" + ProcessHandle.current().pid();
        private boolean hugePages = true;
        private int memoryMegabytes;
        private IovaMode iovaMode = IovaMode.VA;
        private SortedSet<Integer> cpus = new TreeSet<>();
        private final List<Devargs> devices = new ArrayList<>();
        private boolean singleFileSegments;
        private String logLevel = "error";

        private Builder() {}

        /** Tells this process from other DPDK processes; default {@code millrace-PID}. */
        public Builder filePrefix(final String value) {
            filePrefix = value;
            return this;
        }

        /** Whether memory comes from reserved huge pages; default true. */
        public Builder hugePages(final boolean value) {
            hugePages = value;
            return this;
        }

        /** Memory taken at start in MB; default 0: as needed with huge pages, 1024 without. */
        public Builder memoryMegabytes(final int value) {
            memoryMegabytes = value;
            return this;
        }

        /** How devices address memory; default {@link IovaMode#VA}. */
        public Builder iovaMode(final IovaMode value) {
            iovaMode = value;
            return this;
        }

        /** Where DPDK's own threads may run; default wherever the calling thread may. */
        public Builder cpus(final SortedSet<Integer> value) {
            cpus = value;
            return this;
        }

        /** Names a device that will be attached; needed for PCI devices and virtio-user. */
        public Builder device(final Devargs value) {
            devices.add(value);
            return this;
        }

        /** Few large memory files, as virtio-user needs. */
        public Builder singleFileSegments(final boolean value) {
            singleFileSegments = value;
            return this;
        }

        /** Least severity that DPDK logs; default {@code error}. */
        public Builder logLevel(final String value) {
            logLevel = value;
            return this;
        }

        /** The options, checked. */
        public EalOptions build() {
            return new EalOptions(
                    filePrefix,
                    hugePages,
                    memoryMegabytes,
                    iovaMode,
                    cpus.isEmpty() ? CpuAffinity.allowedCpus() : cpus,
                    devices,
                    singleFileSegments,
                    logLevel);
        }
    }
}
