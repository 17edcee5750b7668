package io.millrace.dataplane.core;

import io.millrace.linux.CpuAffinity;
import io.millrace.linux.CpuQuota;
import io.millrace.linux.CpuTopology;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whether the polling threads have the cores they need: each one of its own, on the port's NUMA node, free of the kernel's
 * work. Control path.
 *
 * @param topology the machine's CPUs
 * @param allowed the CPUs this process may use
 * @param quota the CPU time its control group allows it, in CPUs
 */
public record CoreCheck(CpuTopology topology, SortedSet<Integer> allowed, OptionalDouble quota) {
    private static final System.Logger LOGGER = System.getLogger(CoreCheck.class.getName());

    /**
     * A polling thread.
     *
     * @param name its agent's, such as {@code shard-0}
     * @param cpu the CPU it is bound to; empty if the scheduler places it
     */
    public record Poller(String name, OptionalInt cpu) {}

    /**
     * A port and where it is plugged in.
     *
     * @param name the port's
     * @param node its NUMA node, negative where it has none
     */
    public record PortNode(String name, int node) {}

    /**
     * What there is to say about the cores, one line.
     *
     * @param warning whether it costs throughput or latency, and is not just good to know
     * @param line what, which CPU, how to mend it
     */
    public record Finding(boolean warning, String line) {}

    /** For this machine and process. */
    public static CoreCheck ofThisMachine() {
        return new CoreCheck(CpuTopology.read(), CpuAffinity.allowedCpus(), CpuQuota.read());
    }

    /** Logs the findings, a line each: warnings as such, the rest for who asks for it. */
    public void log(final List<Poller> pollers, final List<PortNode> ports, final IdleMode idle) {
        log(findings(pollers, ports, idle));
    }

    /** The same of a port that comes while the threads run: what there was to say about them alone has been said. */
    public void logPort(final List<Poller> pollers, final PortNode port) {
        log(findings(pollers, port));
    }

    private static void log(final List<Finding> findings) {
        for (final Finding finding : findings) {
            LOGGER.log(finding.warning ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG, finding.line);
        }
    }

    /** Looks at the threads that poll these ports; the warnings come first. */
    public List<Finding> findings(final List<Poller> pollers, final List<PortNode> ports, final IdleMode idle) {
        final List<String> warnings = new ArrayList<>();
        sharedCpus(pollers, warnings);
        kernelsCpu(pollers, warnings);
        tooManyThreads(pollers, idle, warnings);
        otherNodes(pollers, ports, warnings);
        final List<String> notes = new ArrayList<>();
        unpinned(pollers, notes);
        notLeftAlone(pollers, topology.isolated(), "isolated: other programs may run there (isolcpus=)", notes);
        notLeftAlone(pollers, topology.tickless(), "free of timer ticks (nohz_full=)", notes);
        final List<Finding> findings = new ArrayList<>();
        warnings.forEach(line -> findings.add(new Finding(true, line)));
        notes.forEach(line -> findings.add(new Finding(false, line)));
        return findings;
    }

    /** What there is to say about a port that these threads come to poll too. */
    List<Finding> findings(final List<Poller> pollers, final PortNode port) {
        final List<String> warnings = new ArrayList<>();
        otherNodes(pollers, List.of(port), warnings);
        return warnings.stream().map(line -> new Finding(true, line)).toList();
    }

    private void sharedCpus(final List<Poller> pollers, final List<String> lines) {
        for (int i = 0; i < pollers.size(); i++) {
            for (int j = i + 1; j < pollers.size(); j++) {
                final Poller one = pollers.get(i);
                final Poller other = pollers.get(j);
                if (one.cpu.isPresent() && other.cpu.isPresent()) {
                    sharedCpu(one, other, lines);
                }
            }
        }
    }

    private void sharedCpu(final Poller one, final Poller other, final List<String> lines) {
        final int cpu = one.cpu.getAsInt();
        final int otherCpu = other.cpu.getAsInt();
        if (cpu == otherCpu) {
            lines.add(one.name + " and " + other.name + " both poll on CPU " + cpu + ": give each a CPU of its own");
        } else if (topology.areSiblings(cpu, otherCpu)) {
            lines.add(one.name + " on CPU " + cpu + " and " + other.name + " on CPU " + otherCpu
                    + " poll on hyper-threads of one core: each gets about half of it; use CPUs of different cores");
        }
    }

    /** Only where there is a better one. */
    private void kernelsCpu(final List<Poller> pollers, final List<String> lines) {
        final SortedSet<Integer> free = new TreeSet<>(allowed);
        cpusOf(pollers).forEach(free::remove);
        free.removeIf(cpu -> cpusOf(pollers).stream().anyMatch(used -> topology.areSiblings(used, cpu)));
        if (free.isEmpty()) {
            return;
        }
        pollers.stream()
                .filter(poller -> poller.cpu.equals(OptionalInt.of(0)))
                .forEach(poller -> lines.add(poller.name
                        + " polls on CPU 0, where the kernel does most of its own work: use one of " + free));
    }

    private void tooManyThreads(final List<Poller> pollers, final IdleMode idle, final List<String> lines) {
        final String mend = "use fewer shards, or another idle mode than busy";
        if (idle == IdleMode.BUSY && pollers.size() > allowed.size()) {
            lines.add(pollers.size() + " threads poll without a pause, and this process may use " + allowed.size()
                    + " CPUs: " + mend);
        }
        if (idle != IdleMode.ADAPTIVE && quota.isPresent() && pollers.size() > quota.getAsDouble()) {
            lines.add(pollers.size() + " threads poll, and the control group allows "
                    + String.format(Locale.ROOT, "%.1f", quota.getAsDouble())
                    + " CPUs (cpu.max), after which it stops them: raise it, or idle adaptively");
        }
    }

    private void otherNodes(final List<Poller> pollers, final List<PortNode> ports, final List<String> lines) {
        for (final PortNode port : ports) {
            for (final Poller poller : pollers) {
                final OptionalInt node =
                        poller.cpu.isPresent() ? topology.nodeOf(poller.cpu.getAsInt()) : OptionalInt.empty();
                if (port.node >= 0 && node.isPresent() && node.getAsInt() != port.node) {
                    lines.add(poller.name + " on CPU " + poller.cpu.getAsInt() + " is on NUMA node " + node.getAsInt()
                            + ", port " + port.name + " on node " + port.node + ": use one of "
                            + allowedOnNode(port.node));
                }
            }
        }
    }

    private List<Integer> allowedOnNode(final int node) {
        return allowed.stream()
                .filter(cpu -> topology.nodeOf(cpu).equals(OptionalInt.of(node)))
                .toList();
    }

    private static void unpinned(final List<Poller> pollers, final List<String> lines) {
        final String names = pollers.stream()
                .filter(poller -> poller.cpu.isEmpty())
                .map(Poller::name)
                .collect(Collectors.joining(", "));
        if (!names.isEmpty()) {
            lines.add("not bound to a CPU: " + names);
        }
    }

    private static void notLeftAlone(
            final List<Poller> pollers, final Set<Integer> cpus, final String what, final List<String> lines) {
        final SortedSet<Integer> others = cpusOf(pollers);
        others.removeAll(cpus);
        if (!others.isEmpty()) {
            lines.add("CPUs " + others + " are not " + what);
        }
    }

    private static SortedSet<Integer> cpusOf(final List<Poller> pollers) {
        return pollers.stream()
                .flatMapToInt(poller -> poller.cpu.stream())
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
