package io.millrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.apps.App;
import io.millrace.apps.EnginePair;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.wire.IpPrefix;
import io.millrace.tcp.CloseReason;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The rate generator, over two engines and a cable in memory")
class RateGeneratorTest {
    private static final int PORT = 9;
    private static final int CONCURRENCY = 100;

    private final RateGenerator generator = new RateGenerator(
            EnginePair.SERVER,
            PORT,
            CONCURRENCY,
            new SourceAddresses(IpPrefix.parse("10.64.0.0/16"), 1_021),
            Conversation.SERVER_CLOSES,
            null);
    private final EnginePair engines = new EnginePair(generator);

    @AfterEach
    void stop() {
        engines.close();
    }

    @Test
    void shouldNotBeginBeforeItIsTold() {
        engines.serve(App.CLOSE, PORT);
        engines.run(10);

        assertThat(generator.counts().attempts()).isZero();
    }

    @Test
    void shouldKeepItsConcurrencyUnderWayAndLoseNothing() {
        engines.serve(App.CLOSE, PORT);
        generator.start();
        for (int i = 0; i < 20_000; i++) {
            engines.step();
            assertThat(generator.counts().underWay()).isLessThanOrEqualTo(CONCURRENCY);
        }
        generator.stop();
        // the first SYNs met an unresolved neighbor, and some were dropped: they are sent again after a second
        engines.run(3_000);

        final LoadCounts counts = generator.counts();
        assertThat(counts.attempts()).isGreaterThan(10_000);
        assertThat(counts.opens()).isEqualTo(counts.attempts());
        assertThat(counts.closes()).isEqualTo(counts.attempts());
        assertThat(counts.failures()).isZero();
        assertThat(engines.onServer(Counter.TIME_WAIT_ENTERED)).isEqualTo(counts.attempts());
        assertThat(engines.onServer(Counter.TIME_WAIT_RECYCLED)).isZero();
        assertThat(engines.onServer(Counter.TCP_SEGMENTS_RETRANSMITTED)).isZero();
        assertThat(engines.onClient(Counter.CONNECTIONS)).isZero();
    }

    @Test
    void shouldRecordALatencyForEachConnectionThatOpened() {
        engines.serve(App.CLOSE, PORT);
        generator.start();
        for (int i = 0; i < 1_000; i++) {
            engines.step();
        }
        generator.latency().ask();
        final long opened = generator.counts().opens();
        engines.step();

        assertThat(generator.latency().ready()).isTrue();
        assertThat(generator.latency().taken().getTotalCount()).isBetween(opened, opened + CONCURRENCY);
        assertThat(generator.latency().taken().getMinValue())
                .as("ns, of steps of 1,000 ns")
                .isGreaterThanOrEqualTo(998);
    }

    @Test
    void shouldCountRefusalsByTheirReason() {
        generator.start();
        for (int i = 0; i < 1_000; i++) {
            engines.step();
        }

        assertThat(generator.counts().opens()).isZero();
        assertThat(generator.counts().failures(CloseReason.REFUSED)).isPositive();
        assertThat(generator.counts().failures()).isEqualTo(generator.counts().failures(CloseReason.REFUSED));
    }

    @Test
    void shouldAllocateNothingOnceItRuns() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        engines.serve(App.CLOSE, PORT);
        generator.start();
        long allocated = Long.MAX_VALUE;
        // the first rounds still link and compile
        for (int round = 0; round < 5 && allocated != 0; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            steps(20_000);
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }

        assertThat(generator.counts().closes()).isGreaterThan(20_000);
        assertThat(allocated).as("bytes allocated on both sides' packet path").isZero();
    }

    private void steps(final int count) {
        for (int i = 0; i < count; i++) {
            engines.step();
        }
    }
}
