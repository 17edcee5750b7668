package io.millrace.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuTopologyTest {
    @TempDir
    private Path folder;

    @Test
    void shouldReadCoresNodesAndIsolation() throws IOException {
        for (int cpu = 0; cpu < 4; cpu++) {
            write("cpu/cpu" + cpu + "/topology/thread_siblings_list", cpu % 2 + "," + (cpu % 2 + 2));
        }
        Files.createDirectories(folder.resolve("cpu/cpufreq"));
        write("cpu/isolated", "1-2");
        write("cpu/nohz_full", "(null)");
        write("node/node0/cpulist", "0,2");
        write("node/node1/cpulist", "1,3");
        final CpuTopology topology = CpuTopology.read(folder);

        assertThat(topology.isolated()).containsExactly(1, 2);
        assertThat(topology.tickless()).isEmpty();
        assertThat(topology.areSiblings(0, 2)).isTrue();
        assertThat(topology.areSiblings(0, 1)).isFalse();
        assertThat(topology.areSiblings(0, 0)).isFalse();
        assertThat(topology.nodeOf(3)).isEqualTo(OptionalInt.of(1));
        assertThat(topology.nodeOf(9)).isEmpty();
    }

    @Test
    void shouldTakeWhatIsNotToldAsEmpty() {
        final CpuTopology topology = CpuTopology.read(folder);

        assertThat(topology.isolated()).isEmpty();
        assertThat(topology.siblings()).isEmpty();
        assertThat(topology.nodes()).isEmpty();
        assertThat(topology.areSiblings(0, 1)).isFalse();
    }

    @Test
    void shouldReadThisMachine() {
        assertThat(CpuTopology.read().siblings().keySet()).containsAll(CpuAffinity.allowedCpus());
    }

    @Test
    void shouldFindTheSmallestQuotaOnTheWayToTheRoot() throws IOException {
        write("self", "1:cpuset:/other\n0::/slice/box");
        write("groups/slice/cpu.max", "150000 100000");
        write("groups/slice/box/cpu.max", "400000 100000");
        write("groups/cpu.max", "max 100000");
        assertThat(quota()).isEqualTo(OptionalDouble.of(1.5));

        write("groups/slice/cpu.max", "max 100000");
        assertThat(quota()).isEqualTo(OptionalDouble.of(4));

        write("groups/slice/box/cpu.max", "max 100000");
        assertThat(quota()).isEmpty();
    }

    @Test
    void shouldKnowNoQuotaWithoutControlGroups() {
        assertThat(quota()).isEmpty();
    }

    private OptionalDouble quota() {
        return CpuQuota.read(folder.resolve("groups"), folder.resolve("self"));
    }

    private void write(final String file, final String text) throws IOException {
        final Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text + "\n");
    }
}
