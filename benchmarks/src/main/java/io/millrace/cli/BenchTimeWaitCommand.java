package io.millrace.cli;

import io.millrace.bench.run.BenchPlan;
import io.millrace.bench.run.Offer;
import io.millrace.bench.run.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench time-wait}: measures whether a full TIME_WAIT table slows the server down. */
@Command(
        name = "time-wait",
        description =
                "Close at full rate until as many entries leave TIME_WAIT as enter it, beside a run whose table is empty.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class BenchTimeWaitCommand extends ConnectionBench {
    /** The shortest 2 MSL there is: a sixtieth of the entries. */
    private static final int EMPTY_SECONDS = 1;

    private static final Duration EMPTY_WARM_UP = Duration.ofSeconds(8);

    @Option(
            names = "--rate",
            converter = Quantity.Rate.class,
            paramLabel = "N",
            description = "Connections a second that begin; 0: as fast as the server goes (default: ${DEFAULT-VALUE}).")
    private long rate;

    @Option(
            names = "--beside-empty",
            arity = "1",
            paramLabel = "true|false",
            description = "Measure with 2 MSL of a second first, to compare (default: ${DEFAULT-VALUE}).")
    private boolean besideEmpty;

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--rate", rate, 0, MAX_RATE);
        checkOneArrangement(errors, "the two runs of time-wait are compared with each other");
        super.check(errors);
    }

    @Override
    Offer offer() {
        return Offer.ofConnections(rate);
    }

    @Override
    boolean untilFull() {
        return true;
    }

    @Override
    List<Part> parts() {
        final BenchPlan full = plan();
        final List<Part> parts = new ArrayList<>();
        if (besideEmpty) {
            parts.add(Part.of("empty table: 2 MSL of 1 s", full.withTimeWait(EMPTY_SECONDS, EMPTY_WARM_UP)));
        }
        parts.add(Part.of(besideEmpty ? "full table: 2 MSL of " + full.timeWaitSeconds() + " s" : "", full));
        return parts;
    }
}
