package io.millrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The schedule of arrivals")
class ArrivalScheduleTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = 7_777_777_777L;

    private static ArrivalSchedule started(final long perSecond) {
        final ArrivalSchedule schedule = new ArrivalSchedule(perSecond);
        schedule.start(START);
        return schedule;
    }

    @Test
    void shouldSpaceArrivalsEvenly() {
        final ArrivalSchedule schedule = started(4);

        for (int i = 0; i < 10; i++) {
            assertThat(schedule.next()).isEqualTo(START + i * SECOND / 4);
            schedule.take();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 7, 10_000, 999_983, 1_500_000, 1_000_000_000})
    void shouldHaveAnArrivalDueAtItsTimeAndNotBefore(final long perSecond) {
        final ArrivalSchedule schedule = started(perSecond);

        for (int i = 0; i < 10_000; i++) {
            final long next = schedule.next();
            assertThat(schedule.due(next - 1)).isZero();
            assertThat(schedule.due(next)).isEqualTo(1);
            schedule.take();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 7, 10_000, 1_500_000})
    void shouldLoseNothingOverALongTime(final long perSecond) {
        final ArrivalSchedule schedule = started(perSecond);
        final long seconds = 100_000;

        assertThat(schedule.due(START + seconds * SECOND - 1)).isEqualTo(seconds * perSecond);
    }

    @Test
    void shouldKeepTheTimesOfArrivalsThatAreServedLate() {
        final ArrivalSchedule schedule = started(1000);

        assertThat(schedule.due(START + 5 * SECOND)).isEqualTo(5001);
        assertThat(schedule.next()).isEqualTo(START);
        schedule.take();
        assertThat(schedule.due(START + 5 * SECOND)).isEqualTo(5000);
        assertThat(schedule.next()).isEqualTo(START + SECOND / 1000);
    }

    @Test
    void shouldGiveUpWhatIsTooLate() {
        final ArrivalSchedule schedule = started(1000);

        assertThat(schedule.skipOlderThan(START + 5 * SECOND, 10_000_000)).isEqualTo(4991);
        assertThat(schedule.due(START + 5 * SECOND)).isEqualTo(10);
        assertThat(schedule.next()).isEqualTo(START + 4_991_000_000L);
        assertThat(schedule.skipOlderThan(START + 5 * SECOND, 10_000_000)).isZero();
        assertThat(schedule.due(START + 5 * SECOND)).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 1_000_000_001})
    void shouldRefuseARateThatIsNone(final long perSecond) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ArrivalSchedule(perSecond))
                .withMessageContaining("give 1 to 1000000000");
    }
}
