package io.millrace.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.cli.control.ControlClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace ss}: prints the connections of a running {@code serve}, which it reads through its control socket. */
@Command(
        name = "ss",
        description =
                "Print the connections of a running 'serve --control SOCKET', as ss(8) prints the kernel's. Those that"
                        + " listen are shown by 'stat --listeners'.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false)
final class SsCommand implements Callable<Integer>, Checked {
    @Option(
            names = "--control",
            required = true,
            paramLabel = "SOCKET",
            description = "The control socket of the 'serve'.")
    private Path control;

    @Option(
            names = {"-a", "--all"},
            description = "Half-open ones and those in TIME_WAIT, too.")
    private boolean all;

    @Option(
            names = "--state",
            split = ",",
            paramLabel = "STATE",
            description = "Those in this state, by ss's names: established, syn-sent, syn-recv, fin-wait-1, fin-wait-2,"
                    + " time-wait, close-wait, last-ack, closing; or connected, synchronized, bucket, big, all;"
                    + " repeatable (default: connected).")
    private List<String> states = List.of();

    @Option(names = "--sport", paramLabel = "PORT", description = "Those with this port of ours.")
    private int localPort;

    @Option(names = "--dport", paramLabel = "PORT", description = "Those with this port of the peer.")
    private int remotePort;

    @Option(
            names = {"-o", "--options"},
            description = "What each waits for, and how long still.")
    private boolean timers;

    @Option(
            names = {"-i", "--info"},
            description = "A second line with what TCP knows: round-trip time, windows, congestion control.")
    private boolean info;

    @Option(
            names = "--limit",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Stop after N of them.")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--json", description = "As JSON, one object a line, with all that is known.")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--sport", localPort, 0, 65_535);
        Checked.within(errors, "--dport", remotePort, 0, 65_535);
        Checked.within(errors, "--limit", limit, 1, Long.MAX_VALUE);
        for (final String state : states) {
            if (SsStates.named(state).isEmpty()) {
                errors.add("--state " + state + ": unknown; choose one of " + SsStates.names());
            }
        }
    }

    @Override
    public Integer call() {
        final PrintWriter out = spec.commandLine().getOut();
        try (ControlClient client = new ControlClient(control)) {
            if (!json) {
                SsLine.printHead(out, timers);
            }
            final long[] left = {limit};
            client.connections(localPort, remotePort, wanted(), fields -> {
                print(out, fields);
                return --left[0] > 0 && !out.checkError();
            });
            out.flush();
        } catch (final IOException e) {
            throw new BadInputException(
                    "--control " + control + ": " + e.getMessage()
                            + "; give the socket that 'serve --control' was given, as its owner",
                    e);
        }
        return Millrace.OK;
    }

    private List<String> wanted() {
        final Set<String> wanted = new LinkedHashSet<>();
        states.forEach(state -> wanted.addAll(SsStates.named(state)));
        if (states.isEmpty()) {
            wanted.addAll(SsStates.named(all ? "all" : "connected"));
        }
        return new ArrayList<>(wanted);
    }

    private void print(final PrintWriter out, final Map<String, Object> fields) {
        if (!json) {
            new SsLine(fields).print(out, timers, info);
            return;
        }
        try {
            out.println(JSON.std.asString(fields));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
