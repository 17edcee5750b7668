package io.millrace.cli;

import io.millrace.bench.run.Contender;
import io.millrace.bench.run.Lineup;
import io.millrace.bench.run.Offer;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench rate}: measures how many connections a second are opened and closed. */
@Command(
        name = "rate",
        description = "Measure how many connections a second are opened and closed between two processes.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class BenchRateCommand extends ConnectionBench {
    @Option(
            names = "--rate",
            converter = Quantity.Rate.class,
            paramLabel = "N",
            description =
                    "Connections a second that begin, whatever becomes of them, with latency from when each was due;"
                            + " 0: a closed loop, as fast as the server goes (default: ${DEFAULT-VALUE}).")
    private long rate;

    @CommandLine.Mixin
    private ConversationOptions conversation = new ConversationOptions();

    @CommandLine.Mixin
    private ReferenceOptions references = new ReferenceOptions();

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--rate", rate, 0, MAX_RATE);
        conversation.check(errors);
        references.check(errors, link(), conversation.toConversation(), rate, concurrency());
        super.check(errors);
    }

    @Override
    Lineup lineup() throws IOException, InterruptedException {
        return references.lineup();
    }

    @Override
    List<Contender> contenders() throws IOException, InterruptedException {
        return references.contenders();
    }

    @Override
    Offer offer() {
        return Offer.ofConnections(rate).with(conversation.toConversation());
    }
}
