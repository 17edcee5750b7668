package io.millrace.cli;

import io.millrace.bench.link.Link;
import io.millrace.bench.run.Contender;
import io.millrace.bench.run.GeneratorAlone;
import io.millrace.bench.run.Lineup;
import io.millrace.bench.run.Offer;
import io.millrace.dpdk.Devargs;
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

    @Option(
            names = "--port",
            converter = Converters.Device.class,
            paramLabel = "DEVICE",
            description = "With --target, the generator's port in DPDK's syntax, such as net_af_packet0,iface=eth1 or"
                    + " 0000:3b:00.0.")
    private Devargs port;

    @CommandLine.Mixin
    private TargetOptions target = new TargetOptions();

    @CommandLine.Mixin
    private ReferenceOptions references = new ReferenceOptions();

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--rate", rate, 0, MAX_RATE);
        conversation.check(errors);
        target.check(errors, port != null, sources());
        if (target.isForeign() && (references.isAny() || references.isStateless() || ipVersion() != 4)) {
            errors.add(
                    "--target: without --reference and --generator, which bring servers of their own, and without --ip");
        }
        references.check(errors, super.link(), ipVersion(), conversation.toConversation(), rate, concurrency());
        super.check(errors);
    }

    @Override
    Link link() {
        return target.isForeign() ? Link.abroad(port) : super.link();
    }

    @Override
    Lineup lineup() throws IOException, InterruptedException {
        return target.isForeign() ? new GeneratorAlone(port, target.arguments()) : references.lineup();
    }

    @Override
    List<Contender> contenders() throws IOException, InterruptedException {
        return references.contenders();
    }

    @Override
    boolean sendsSyns() {
        return references.isStateless();
    }

    @Override
    Offer offer() {
        return references.isStateless()
                ? Offer.ofConnections(BESIDE_CLIENTS).withClients(rate)
                : Offer.ofConnections(rate).with(conversation.toConversation());
    }
}
