package io.millrace.cli;

import io.millrace.bench.run.Offer;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench}: measures how many connections a second are opened and closed. */
@Command(
        name = "bench",
        description = "Measure how many connections a second are opened and closed between two processes.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        subcommands = {
            BenchFloodCommand.class,
            BenchIoCommand.class,
            BenchStreamCommand.class,
            BenchCompareCommand.class
        })
final class BenchCommand extends ConnectionBench {
    @Option(
            names = "--rate",
            converter = Quantity.Rate.class,
            paramLabel = "N",
            description =
                    "Connections a second that begin, whatever becomes of them, with latency from when each was due;"
                            + " 0: a closed loop, as fast as the server goes (default: ${DEFAULT-VALUE}).")
    private long rate = 0;

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--rate", rate, 0, MAX_RATE);
        super.check(errors);
    }

    @Override
    Offer offer() {
        return Offer.ofConnections(rate);
    }
}
