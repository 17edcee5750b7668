package io.millrace.cli;

import io.millrace.bench.load.Conversation;
import io.millrace.bench.load.Conversation.Side;
import io.millrace.bench.run.Offer;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench hold}: measures what open connections that do nothing take. */
@Command(
        name = "hold",
        description =
                "Hold connections that do nothing: the memory they take, and how the server keeps up with others.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class BenchHoldCommand extends ConnectionBench {
    /** As many as one engine has room for. */
    private static final int MOST = 1 << 25;

    @Option(
            names = "--connections",
            converter = Quantity.Rate.class,
            paramLabel = "N",
            description = "Connections held, such as 4M for 4000000 (default: ${DEFAULT-VALUE}).")
    private long connections;

    @Option(
            names = "--rate",
            converter = Quantity.Rate.class,
            paramLabel = "N",
            description = "Others a second that open and close meanwhile (default: ${DEFAULT-VALUE}).")
    private long rate;

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--connections", connections, 1, MOST);
        Checked.within(errors, "--rate", rate, 1, MAX_RATE);
        super.check(errors);
    }

    /** The server holds on to what the client does not close. */
    @Override
    Offer offer() {
        return Offer.ofConnections(rate)
                .with(new Conversation(0, Side.CLIENT, false))
                .withHeld((int) connections);
    }
}
