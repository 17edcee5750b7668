package io.millrace.cli;

import io.millrace.bench.run.BenchPlan;
import io.millrace.bench.run.BenchResult;
import io.millrace.bench.run.Offer;
import io.millrace.bench.run.Part;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench overload}: measures what a server completes that is offered more than it can do. */
@Command(
        name = "overload",
        description = "Measure the server's peak with clients that keep no state, then offer it multiples of that.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class BenchOverloadCommand extends ConnectionBench {
    private static final double LEAST = 0.01;
    private static final double MOST = 100;

    @Option(
            names = "--multiples",
            split = ",",
            paramLabel = "X",
            description = "Of the peak, one after the other, such as 1.5,2 (default: ${DEFAULT-VALUE}).")
    private List<Double> multiples = List.of();

    @Option(
            names = "--rate",
            converter = Quantity.Rate.class,
            paramLabel = "N",
            description =
                    "Connections a second of a real TCP beside them, for the latency (default: ${DEFAULT-VALUE}).")
    private long rate;

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--rate", rate, 1, MAX_RATE);
        if (multiples.stream().anyMatch(x -> !(x >= LEAST && x <= MOST))) {
            errors.add("--multiples " + multiples + ": give each from " + LEAST + " to " + (int) MOST);
        }
        checkOneArrangement(errors, "the multiples are of one peak");
        super.check(errors);
    }

    @Override
    boolean sendsSyns() {
        return true;
    }

    @Override
    Offer offer() {
        return Offer.ofConnections(rate).withClients(0);
    }

    @Override
    List<Part> parts() {
        final BenchPlan peak = plan();
        final List<Part> parts = new ArrayList<>();
        parts.add(Part.of("peak: closed loop", peak));
        for (final double multiple : multiples) {
            parts.add(new Part(
                    multiple + " times the peak",
                    earlier -> peak.with(offer().withClients(offered(earlier.getFirst(), multiple)))));
        }
        return parts;
    }

    private static long offered(final BenchResult peak, final double multiple) {
        return Math.clamp(Math.round(multiple * peak.connectionsPerSecond()), 1, MAX_RATE);
    }
}
