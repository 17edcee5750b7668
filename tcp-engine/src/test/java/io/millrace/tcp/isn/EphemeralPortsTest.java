package io.millrace.tcp.isn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.tcp.AllocatedBytes;
import io.millrace.tcp.Seed;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("H15")
class EphemeralPortsTest {
    private static final int FIRST = 32_768;
    private static final int LAST = 60_999;

    private final SplittableRandom random = Seed.random();
    private final EphemeralPorts ports =
            new EphemeralPorts(new FlowPrf(random.nextLong(), random.nextLong()), FIRST, LAST);

    @Test
    void shouldTryEveryPortOfTheRangeOnce() {
        final long sequence = sequenceTo(1);
        final BitSet tried = new BitSet();
        for (int attempt = 0; attempt < ports.count(); attempt++) {
            final int port = ports.next(sequence);
            assertThat(port).isBetween(FIRST, LAST);
            assertThat(tried.get(port)).isFalse();
            tried.set(port);
        }
        assertThat(tried.cardinality()).isEqualTo(LAST - FIRST + 1);
    }

    @Test
    void shouldGoOnToTheNextPortForEachConnectionToOneDestination() {
        int port = ports.next(sequenceTo(1));
        for (int i = 0; i < 100_000; i++) {
            final int next = ports.next(sequenceTo(1));
            assertThat(next).isEqualTo(port == LAST ? FIRST : port + 1);
            port = next;
        }
    }

    @Test
    void shouldBeginAtUnrelatedPlacesForDifferentDestinations() {
        final Set<Integer> first = new HashSet<>();
        final Set<Integer> steps = new HashSet<>();
        int last = 0;
        for (int destination = 0; destination < 1000; destination++) {
            final int port = ports.next(sequenceTo(destination));
            first.add(port);
            steps.add(port - last);
            last = port;
        }
        // Of 28,232 ports, 1,000 at random are about 982 different ones.
        assertThat(first).hasSizeGreaterThan(940);
        assertThat(steps).hasSizeGreaterThan(950);
    }

    @Test
    void shouldGiveTwoSecretsDifferentSequences() {
        final EphemeralPorts other = new EphemeralPorts(new FlowPrf(random.nextLong(), random.nextLong()), FIRST, LAST);
        int equal = 0;
        for (int destination = 0; destination < 1000; destination++) {
            equal += ports.next(sequenceTo(destination)) == other.next(sequenceTo(other, destination)) ? 1 : 0;
        }
        assertThat(equal).isLessThan(10);
    }

    @Test
    void shouldServeARangeOfOnePort() {
        final EphemeralPorts one = new EphemeralPorts(new FlowPrf(1, 2), 65_535, 65_535);
        assertThat(one.count()).isOne();
        assertThat(one.next(sequenceTo(one, 3))).isEqualTo(65_535);
        assertThat(one.next(sequenceTo(one, 4))).isEqualTo(65_535);
    }

    @Test
    void shouldRejectARangeOutsideThePorts() {
        assertThatThrownBy(() -> new EphemeralPorts(new FlowPrf(1, 2), 0, 10)).hasMessageContaining("0 to 10");
        assertThatThrownBy(() -> new EphemeralPorts(new FlowPrf(1, 2), 10, 9)).hasMessageContaining("10 to 9");
        assertThatThrownBy(() -> new EphemeralPorts(new FlowPrf(1, 2), 10, 65_536))
                .hasMessageContaining("65536");
    }

    @Test
    void shouldNotAllocate() {
        assertThat(AllocatedBytes.of(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        ports.next(sequenceTo(i));
                    }
                }))
                .isZero();
    }

    private long sequenceTo(final int destination) {
        return sequenceTo(ports, destination);
    }

    private static long sequenceTo(final EphemeralPorts ports, final int destination) {
        return ports.sequence(0, 0xffff_0a00_0000L + destination, 0, 0xffff_0a01_0001L, 80);
    }
}
