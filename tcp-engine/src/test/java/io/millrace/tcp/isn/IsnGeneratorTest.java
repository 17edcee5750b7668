package io.millrace.tcp.isn;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tcp.AllocatedBytes;
import io.millrace.tcp.Seed;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("H12")
class IsnGeneratorTest {
    private static final long REMOTE = 0xffff_0a00_0001L;
    private static final long LOCAL = 0xffff_0a00_0002L;
    private static final int PORTS = 40_000 << 16 | 80;
    private static final long WALL_CLOCK = 1_760_000_000_000_000_000L;

    private final SplittableRandom random = Seed.random();
    private final FlowPrf prf = new FlowPrf(random.nextLong(), random.nextLong());
    private final IsnGenerator generator = new IsnGenerator(prf, WALL_CLOCK, 5_000);

    @Test
    void shouldCountOneEvery4MicrosecondsForOneTuple() {
        final int first = isn(PORTS, 1_000_000);
        assertThat(isn(PORTS, 1_004_000) - first).isEqualTo(1);
        assertThat(isn(PORTS, 2_000_000) - first).isEqualTo(250);
        assertThat(isn(PORTS, 1_000_000 + 3_600_000_000_000L) - first).isEqualTo(900_000_000);
    }

    @Test
    void shouldTellTuplesApartUnpredictably() {
        final Set<Integer> differences = new HashSet<>();
        for (int port = 1; port <= 1000; port++) {
            differences.add(isn(port << 16 | 80, 0) - isn(port - 1 << 16 | 80, 0));
        }
        assertThat(differences).hasSizeGreaterThan(995);
    }

    @Test
    void shouldDependOnEveryPartOfTheTupleAndOnTheSecret() {
        final Set<Integer> isns = new HashSet<>();
        isns.add(generator.isn(0, REMOTE, 0, LOCAL, PORTS, 0));
        isns.add(generator.isn(0, REMOTE + 1, 0, LOCAL, PORTS, 0));
        isns.add(generator.isn(0, REMOTE, 0, LOCAL + 1, PORTS, 0));
        isns.add(generator.isn(0, LOCAL, 0, REMOTE, PORTS, 0));
        isns.add(generator.isn(0, REMOTE, 0, LOCAL, PORTS + 1, 0));
        isns.add(generator.isn(1, REMOTE, 0, LOCAL, PORTS, 0));
        isns.add(generator.isn(2, REMOTE, 0, LOCAL, PORTS, 0));
        isns.add(generator.isn(0, REMOTE, 1, LOCAL, PORTS, 0));
        isns.add(new IsnGenerator(new FlowPrf(1, 2), WALL_CLOCK, 5_000).isn(0, REMOTE, 0, LOCAL, PORTS, 0));
        assertThat(isns).hasSize(9);
    }

    /** The monotonic clock begins anew, the wall clock has moved on: the numbers go on. */
    @Test
    @Tag("T6")
    void shouldStayMonotoneAcrossARestartWithTheSameSecret() {
        final int before = isn(PORTS, 5_000 + 60_000_000_000L);
        final IsnGenerator restarted = new IsnGenerator(prf, WALL_CLOCK + 61_000_000_000L, 123);
        assertThat(restarted.isn(0, REMOTE, 0, LOCAL, PORTS, 123) - before).isEqualTo(250_000);
    }

    @Test
    @Tag("T5")
    void shouldBeginBeyondTheNumbersOfTheConnectionBefore() {
        assertThat(IsnGenerator.beyond(2000, 1000)).isEqualTo(2000);
        assertThat(IsnGenerator.beyond(1000, 1000)).isEqualTo(66_537);
        assertThat(IsnGenerator.beyond(0xffff_fff0, 16) - 16).isPositive();
        assertThat(IsnGenerator.beyond(16, 0xffff_fff0)).isEqualTo(16);
    }

    @Test
    void shouldOffsetTheTimestampsOfEachTupleByItsOwn() {
        final TimestampOffset offset = new TimestampOffset(1, 2);
        final Set<Integer> offsets = new HashSet<>();
        for (int port = 0; port < 1000; port++) {
            offsets.add(offset.of(0, REMOTE, 0, LOCAL, port << 16 | 80));
        }
        assertThat(offsets).hasSizeGreaterThan(995);
        assertThat(offset.of(0, REMOTE, 0, LOCAL, PORTS)).isEqualTo(offset.of(0, REMOTE, 0, LOCAL, PORTS));
        assertThat(offset.of(0, REMOTE, 0, LOCAL, PORTS))
                .isNotEqualTo(new TimestampOffset(1, 3).of(0, REMOTE, 0, LOCAL, PORTS));
    }

    @Test
    void shouldNotAllocate() {
        assertThat(AllocatedBytes.of(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        isn(i, i);
                    }
                }))
                .isZero();
    }

    private int isn(final int ports, final long nowNanos) {
        return generator.isn(0, REMOTE, 0, LOCAL, ports, nowNanos);
    }
}
