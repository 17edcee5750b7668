package io.millrace.cli;

import io.millrace.bench.run.Offer;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench flood}: measures what a SYN flood does to those who mean it. */
@Command(
        name = "flood",
        description = "Measure how many of a server's connections succeed, and how fast, in a flood of spoofed SYNs.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class BenchFloodCommand extends ConnectionBench {
    @Option(
            names = "--flood-rate",
            converter = Quantity.Rate.class,
            paramLabel = "N",
            description = "SYNs a second from spoofed sources; 0: as many as possible (default: ${DEFAULT-VALUE}).")
    private long floodRate;

    @Option(
            names = "--rate",
            converter = Quantity.Rate.class,
            paramLabel = "N",
            description = "Legitimate connections a second that begin besides (default: ${DEFAULT-VALUE}).")
    private long rate;

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--flood-rate", floodRate, 0, MAX_RATE);
        Checked.within(errors, "--rate", rate, 1, MAX_RATE);
        super.check(errors);
    }

    @Override
    boolean sendsSyns() {
        return true;
    }

    @Override
    Offer offer() {
        return Offer.ofConnections(rate).withSpoofedSyns(floodRate);
    }
}
