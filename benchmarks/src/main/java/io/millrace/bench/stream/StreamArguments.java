package io.millrace.bench.stream;

import io.millrace.bench.profile.ProfileFolder;
import io.millrace.dpdk.Devargs;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The command lines of the child processes: {@code millrace bench-stream-node ROLE ...}. */
final class StreamArguments {
    /** The hidden command that a child runs. */
    private static final String COMMAND = "bench-stream-node";

    private StreamArguments() {}

    static List<String> server(final StreamPlan plan, final Devargs port) {
        return engine(plan, "server", plan.serverCores(), port);
    }

    static List<String> client(final StreamPlan plan, final Devargs port) {
        return engine(plan, "client", plan.clientCores(), port);
    }

    static List<String> kernel(final StreamPlan plan, final String role) {
        return common(plan, role);
    }

    private static List<String> engine(
            final StreamPlan plan, final String role, final List<Integer> cores, final Devargs port) {
        final List<String> arguments = common(plan, role);
        arguments.addAll(List.of(
                "--port",
                port.toString(),
                "--mtu",
                String.valueOf(plan.mtu()),
                "--buffer",
                String.valueOf(plan.bufferBytes()),
                "--ip",
                String.valueOf(plan.addressing().version()),
                "--idle",
                plan.idle()));
        if (!cores.isEmpty()) {
            arguments.addAll(
                    List.of("--cores", cores.stream().map(String::valueOf).collect(Collectors.joining(","))));
        }
        plan.recordings()
                .ifPresent(folder -> arguments.addAll(
                        List.of("--recording", ProfileFolder.file(folder, role).toString())));
        if (!plan.hugePages()) {
            arguments.add("--no-huge");
        }
        return arguments;
    }

    private static List<String> common(final StreamPlan plan, final String role) {
        return new ArrayList<>(List.of(
                COMMAND,
                role,
                "--pattern",
                plan.traffic().pattern().label(),
                "--direction",
                plan.traffic().direction().label(),
                "--connections",
                String.valueOf(plan.traffic().connections()),
                "--size",
                String.valueOf(plan.traffic().size())));
    }
}
