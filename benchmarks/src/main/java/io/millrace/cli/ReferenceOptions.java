package io.millrace.cli;

import io.millrace.bench.link.Link;
import io.millrace.bench.load.Conversation;
import io.millrace.bench.reference.BareEcho;
import io.millrace.bench.reference.CProgram;
import io.millrace.bench.reference.ForeignClient;
import io.millrace.bench.reference.KernelTcp;
import io.millrace.bench.run.Contender;
import io.millrace.bench.run.Lineup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What the connection rate is measured beside, and whose generator drives the server. */
final class ReferenceOptions {
    private static final String KERNEL = "kernel";
    private static final String LIMIT = "limit";
    private static final String ENGINE = "engine";
    private static final String C = "c";
    private static final String STATELESS = "stateless";

    @Option(
            names = "--reference",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Measure besides, in turn with each run: kernel, the Linux kernel's TCP over veth, over loopback and"
                            + " behind the same generator; limit, a bare echo in C of as many frames over the same link.")
    private List<String> references = new ArrayList<>();

    @Option(
            names = "--generator",
            paramLabel = "NAME",
            description =
                    "engine; stateless, clients that keep no state, which ask more of the server than any engine could, with"
                            + " 1000 connections/s of an engine's beside them for the latency; or c, a TCP client in C that"
                            + " shares nothing with the engine, sends its request on the handshake's ACK and closes after the"
                            + " server (default: ${DEFAULT-VALUE}).")
    private String generator = ENGINE;

    void check(
            final List<String> errors,
            final Link link,
            final long ipVersion,
            final Conversation conversation,
            final long rate,
            final long concurrency) {
        references.stream()
                .filter(name -> !List.of(KERNEL, LIMIT).contains(name))
                .forEach(name -> errors.add("--reference " + name + ": unknown; choose of kernel, limit"));
        Checked.oneOf(errors, "--generator", generator, List.of(ENGINE, STATELESS, C));
        refuse(
                errors,
                isStateless() && !conversation.equals(Conversation.SERVER_CLOSES),
                "--generator stateless: only with --close-first server, --close-by fin and --request 0");
        refuse(
                errors,
                ipVersion != 4 && (isForeign() || !references.isEmpty()),
                "--ip " + ipVersion
                        + ": the programs in C, of --reference and --generator c, speak IPv4; leave it out");
        if (link != null && link.inOneProcess()) {
            refuse(errors, isForeign(), "--generator c: it is another process; give a --link that joins two");
            refuse(
                    errors,
                    references.contains(LIMIT),
                    "--reference limit: it takes two processes; give a --link that joins two");
        }
        if (isForeign()) {
            refuse(
                    errors,
                    conversation.closesFirst() != Conversation.Side.SERVER || conversation.byReset(),
                    "--generator c: it closes after the server, by FIN; leave out --close-first and --close-by");
            refuse(errors, rate > 0, "--generator c: it keeps connections under way; leave out --rate");
            refuse(
                    errors,
                    concurrency > ForeignClient.MAX_CONCURRENCY,
                    "--generator c: it has room for %d connections; give a smaller --concurrency"
                            .formatted(ForeignClient.MAX_CONCURRENCY));
        }
    }

    /** Whether anything was asked for. */
    boolean isAny() {
        return isForeign() || !references.isEmpty();
    }

    private static void refuse(final List<String> errors, final boolean wrong, final String line) {
        if (wrong) {
            errors.add(line);
        }
    }

    /** Whether the clients keep no state. */
    boolean isStateless() {
        return generator.equals(STATELESS);
    }

    private boolean isForeign() {
        return generator.equals(C);
    }

    /** What is measured besides; its programs are built now. */
    List<Contender> contenders() throws IOException, InterruptedException {
        final List<Contender> contenders = new ArrayList<>();
        if (references.contains(KERNEL)) {
            contenders.addAll(KernelTcp.contenders(built("--reference kernel", KernelTcp.build())));
        }
        if (references.contains(LIMIT)) {
            contenders.add(BareEcho.contender(built("--reference limit", BareEcho.build())));
        }
        return contenders;
    }

    /** Who runs; the client in C is built now. */
    Lineup lineup() throws IOException, InterruptedException {
        return isForeign() ? new ForeignClient(built("--generator c", ForeignClient.build())) : Lineup.ENGINES;
    }

    private static CProgram built(final String option, final CProgram program) {
        if (!program.isThere()) {
            throw new BadInputException(option + " is built here: " + program.compiler(), null);
        }
        return program;
    }
}
