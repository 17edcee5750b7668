package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("What a generator offers")
class OfferTest {
    @ParameterizedTest(name = "{0} connections/s, concurrency {1}: at most {2} under way")
    @CsvSource({
        "0, 512, 512",
        "1, 512, 512",
        "10000, 512, 100000",
        "10000, 200000, 200000",
        "100000, 512, 262144",
        "1500000, 512, 1500000",
        "20000000, 512, 20000000",
    })
    void shouldHaveRoomForConnectionsThatWaitForALostSyn(final long perSecond, final int concurrency, final int most) {
        assertThat(Offer.ofConnections(perSecond).mostUnderWay(concurrency)).isEqualTo(most);
    }
}
