package io.millrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.apps.App;
import io.millrace.apps.EnginePair;
import io.millrace.dataplane.wire.IpPrefix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The rate generator in an open loop, over two engines and a cable in memory")
class OpenLoopTest {
    private static final int PORT = 9;
    private static final int RATE = 1_000;
    private static final int MOST = 500;

    private final RateGenerator generator = new RateGenerator(
            EnginePair.SERVER,
            PORT,
            MOST,
            new SourceAddresses(IpPrefix.parse("10.64.0.0/16"), 1_021),
            Conversation.SERVER_CLOSES,
            new ArrivalSchedule(RATE));
    private final EnginePair engines = new EnginePair(generator);
    private final LoadCounts counts = generator.counts();

    @BeforeEach
    void start() {
        engines.serve(App.CLOSE, PORT);
        generator.start();
    }

    @AfterEach
    void stop() {
        engines.close();
    }

    @Test
    void shouldBeginAsManyASecondAsItIsToldAndCompleteThemAll() {
        engines.run(3_000);
        generator.stop();
        engines.run(10);

        assertThat(counts.attempts()).isBetween(3L * RATE - 2, 3L * RATE + 2);
        assertThat(counts.offers()).isEqualTo(counts.attempts());
        assertThat(counts.closes()).isEqualTo(counts.attempts());
        assertThat(counts.closesAtFirstTry()).isEqualTo(counts.attempts());
        assertThat(counts.failures()).isZero();
    }

    @Test
    void shouldTellThoseThatOpenedAtTheFirstTryFromThoseWhoseSynWentAgain() {
        engines.run(10);
        engines.cutFor(100);
        engines.run(3_000);
        generator.stop();
        engines.run(10);

        assertThat(counts.closes()).isEqualTo(counts.attempts());
        assertThat(counts.closes() - counts.closesAtFirstTry()).isBetween(98L, 102L);
    }

    @Test
    void shouldMeasureFromWhenAConnectionWasDueWhereTheGeneratorItselfStoodStill() {
        engines.run(10);
        engines.standStill(200);
        engines.run(100);
        generator.latency().ask();
        engines.run(1);

        assertThat(generator.latency().ready()).isTrue();
        assertThat(generator.latency().taken().getMaxValue())
                .as("ns: the first that was due in the 200 ms")
                .isBetween(198_000_000L, 203_000_000L);
        assertThat(generator.latency().taken().getCountBetweenValues(100_000_000L, 203_000_000L))
                .as("every one that was due in the first 100 ms")
                .isBetween(98L, 102L);
    }

    @Test
    void shouldShowWhatIsDueBesideWhatHasBegunWhereNoMoreMayBeUnderWay() {
        engines.run(10);
        engines.cutFor(2_000);

        assertThat(counts.underWay()).isEqualTo(MOST);
        assertThat(counts.attempts()).isBetween(MOST + 9L, MOST + 12L);
        assertThat(counts.offers()).isBetween(2_009L, 2_012L);
    }
}
