package io.millrace.dataplane.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.core.CoreCheck.Finding;
import io.millrace.dataplane.core.CoreCheck.Poller;
import io.millrace.dataplane.core.CoreCheck.PortNode;
import io.millrace.linux.CpuTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a machine of 8 CPUs: 0 and 4, 1 and 5, 2 and 6, 3 and 7 share a core; the odd ones are on node 1. */
class CoreCheckTest {
    private static final List<PortNode> NO_PORT = List.of();

    @TempDir
    private Path system;

    private CoreCheck check;

    @BeforeEach
    void makeMachine() throws IOException {
        for (int cpu = 0; cpu < 8; cpu++) {
            write("cpu/cpu" + cpu + "/topology/thread_siblings_list", cpu % 4 + "," + (cpu % 4 + 4));
        }
        write("node/node0/cpulist", "0,2,4,6");
        write("node/node1/cpulist", "1,3,5,7");
        write("cpu/isolated", "2-3");
        write("cpu/nohz_full", "2");
        check = machine(List.of(0, 1, 2, 3, 4, 5, 6, 7), OptionalDouble.empty());
    }

    @Test
    void shouldHaveNothingToSayOfIsolatedCoresOfTheirOwn() {
        assertThat(check.findings(pollers(2), List.of(new PortNode("nic", 0)), IdleMode.BUSY))
                .isEmpty();
    }

    @Test
    void shouldWarnOfTwoThreadsOnOneCpu() {
        assertThat(warnings(pollers(2, 2), IdleMode.ADAPTIVE))
                .containsExactly("t0 and t1 both poll on CPU 2: give each a CPU of its own");
    }

    @Test
    void shouldWarnOfHyperThreadsThatBothPoll() {
        assertThat(warnings(pollers(2, 3, 6), IdleMode.BUSY))
                .containsExactly("t0 on CPU 2 and t2 on CPU 6 poll on hyper-threads of one core:"
                        + " each gets about half of it; use CPUs of different cores");
    }

    @Test
    void shouldWarnOfCpu0WhereThereIsABetterOne() {
        assertThat(warnings(pollers(0, 1), IdleMode.BUSY))
                .containsExactly(
                        "t0 polls on CPU 0, where the kernel does most of its own work:" + " use one of [2, 3, 6, 7]");
        check = machine(List.of(0, 1), OptionalDouble.empty());
        assertThat(warnings(pollers(0, 1), IdleMode.BUSY)).isEmpty();
    }

    @Test
    void shouldWarnOfMoreBusyThreadsThanCpus() {
        check = machine(List.of(2, 3), OptionalDouble.empty());
        assertThat(warnings(unpinned(3), IdleMode.BUSY))
                .containsExactly("3 threads poll without a pause, and this process may use 2 CPUs:"
                        + " use fewer shards, or another idle mode than busy");
        assertThat(warnings(unpinned(3), IdleMode.ADAPTIVE)).isEmpty();
        assertThat(warnings(unpinned(2), IdleMode.BUSY)).isEmpty();
    }

    @Test
    void shouldWarnOfMoreThreadsThanTheControlGroupAllows() {
        check = machine(List.of(2, 3), OptionalDouble.of(1.5));
        assertThat(warnings(pollers(2, 3), IdleMode.YIELD))
                .containsExactly("2 threads poll, and the control group allows 1.5 CPUs (cpu.max),"
                        + " after which it stops them: raise it, or idle adaptively");
        assertThat(warnings(pollers(2), IdleMode.YIELD)).isEmpty();
    }

    @Test
    void shouldWarnOfACoreOnAnotherNodeThanThePort() {
        final List<PortNode> ports = List.of(new PortNode("nic", 1), new PortNode("virtual", -1));
        assertThat(lines(check.findings(pollers(2, 3), ports, IdleMode.BUSY), true))
                .containsExactly("t0 on CPU 2 is on NUMA node 0, port nic on node 1: use one of [1, 3, 5, 7]");
    }

    @Test
    void shouldLookAtAPortThatComesLaterAndRepeatNothingOfTheThreads() {
        final List<Poller> twiceOnOneCpu = pollers(2, 2);
        assertThat(lines(check.findings(twiceOnOneCpu, new PortNode("late", 1)), true))
                .containsExactly(
                        "t0 on CPU 2 is on NUMA node 0, port late on node 1: use one of [1, 3, 5, 7]",
                        "t1 on CPU 2 is on NUMA node 0, port late on node 1: use one of [1, 3, 5, 7]");
        assertThat(check.findings(twiceOnOneCpu, new PortNode("late", 0))).isEmpty();
    }

    @Test
    void shouldNoteWhatTheKernelWasNotToldToLeaveAlone() {
        assertThat(lines(check.findings(pollers(2, 3, 5), NO_PORT, IdleMode.BUSY), false))
                .containsExactly(
                        "CPUs [5] are not isolated: other programs may run there (isolcpus=)",
                        "CPUs [3, 5] are not free of timer ticks (nohz_full=)");
        assertThat(lines(check.findings(unpinned(2), NO_PORT, IdleMode.BUSY), false))
                .containsExactly("not bound to a CPU: t0, t1");
    }

    private CoreCheck machine(final List<Integer> allowed, final OptionalDouble quota) {
        return new CoreCheck(CpuTopology.read(system), new TreeSet<>(allowed), quota);
    }

    private List<String> warnings(final List<Poller> pollers, final IdleMode idle) {
        return lines(check.findings(pollers, NO_PORT, idle), true);
    }

    private static List<String> lines(final List<Finding> findings, final boolean warnings) {
        return findings.stream()
                .filter(finding -> finding.warning() == warnings)
                .map(Finding::line)
                .toList();
    }

    private static List<Poller> pollers(final int... cpus) {
        final List<Poller> pollers = new ArrayList<>();
        for (final int cpu : cpus) {
            pollers.add(new Poller("t" + pollers.size(), OptionalInt.of(cpu)));
        }
        return pollers;
    }

    private static List<Poller> unpinned(final int count) {
        final List<Poller> pollers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pollers.add(new Poller("t" + i, OptionalInt.empty()));
        }
        return pollers;
    }

    private void write(final String file, final String text) throws IOException {
        final Path path = system.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text + "\n");
    }
}
