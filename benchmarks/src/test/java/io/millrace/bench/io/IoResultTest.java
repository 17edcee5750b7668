package io.millrace.bench.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.link.Link;
import io.millrace.bench.run.Spread;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The result of an io benchmark")
class IoResultTest {
    private static final IoPlan PLAN = new IoPlan(Link.carrying("ring"), 32, 1000, 3000, 3, 1, 0, true);

    @Test
    void shouldCompareEachRunWithTheRunOfCBesideItRatherThanMediansOfADriftingMachine() {
        final IoResult result = result(List.of(40.0, 20.0, 9.0), List.of(50.0, 25.0, 10.0));

        assertThat(result.spread(IoPath.PORT)).isEqualTo(new Spread(20, 9, 40));
        assertThat(result.ratio(IoPath.PORT)).contains(new Spread(0.8, 0.8, 0.9));
    }

    @Test
    void shouldTakeTheMeanOfTheTwoInTheMiddleForAMedianOfAnEvenNumber() {
        assertThat(Spread.of(List.of(4.0, 1.0, 3.0, 100.0))).isEqualTo(new Spread(3.5, 1, 100));
    }

    @Test
    void shouldSayThatTheCoreWasShared() {
        assertThat(IoTable.summary(result(List.of(40.0, 40.0, 40.0), List.of(50.0, 50.0, 50.0))))
                .noneMatch(line -> line.contains("CPU 1"));

        final IoResult shared = result(List.of(40.0, 40.0, 40.0), List.of(50.0, 50.0, 50.0));
        shared.samples().get(IoPath.PORT).set(1, new IoSample(40, 1000, 620, "DPDK", null, 0));

        assertThat(IoTable.summary(shared)).anyMatch(line -> line.contains("a polling thread had 62 % of it"));
    }

    @Test
    void shouldSayThatTheSenderMayBeTheLimit() {
        final IoPlan plan = new IoPlan(Link.carrying("vhost"), 32, 1000, 3000, 1, 1, 0, true);
        final IoSample sample = new IoSample(40, 1000, 1000, "DPDK", null, 0);

        assertThat(IoTable.doubts(new IoResult(plan, Map.of(IoPath.PORT, List.of(sample.withSender(0.5))), "gcc")))
                .isEmpty();
        assertThat(IoTable.doubts(new IoResult(plan, Map.of(IoPath.PORT, List.of(sample.withSender(0.99))), "gcc")))
                .singleElement()
                .asString()
                .contains("the sender was busy 99 % of its time with port");
    }

    @Test
    void shouldDoWithoutC() {
        final IoResult result = result(List.of(40.0, 20.0, 9.0), List.of(50.0, 25.0, 10.0));
        result.samples().remove(IoPath.C);

        assertThat(result.ratio(IoPath.PORT)).isEmpty();
        assertThat(IoTable.summary(result)).noneMatch(line -> line.contains("of C"));
    }

    private static IoResult result(final List<Double> port, final List<Double> c) {
        final Map<IoPath, List<IoSample>> samples = new EnumMap<>(IoPath.class);
        samples.put(IoPath.PORT, samples(port));
        samples.put(IoPath.C, samples(c));
        return new IoResult(PLAN, samples, "gcc");
    }

    /** In a microsecond, as many frames as millions a second. */
    private static List<IoSample> samples(final List<Double> mpps) {
        return mpps.stream()
                .map(frames -> new IoSample(frames.longValue(), 1000, 1000, "DPDK", null, 0))
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
