package io.millrace.bench.run;

import io.millrace.dpdk.Devargs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The command lines of the child processes: {@code millrace bench-node ROLE ...}. */
public final class NodeArguments {
    /** The hidden command that a child runs. */
    static final String COMMAND = "bench-node";
    /** The hidden command that a child runs which is both nodes: queue pairs, then the arguments of each. */
    static final String COMMAND_OF_BOTH = "bench-pair-node";
    /** What stands between the arguments of the two nodes. */
    public static final String BETWEEN_BOTH = "/";

    /** Room the generator has beyond what it needs. */
    private static final int SPARE_CONNECTIONS = 4_096;

    /** The benchmark speaks IPv4: the memory of all TIME_WAIT entries is for these. */
    private static final String IPV4_ONLY = "1";

    private NodeArguments() {}

    static List<String> server(final BenchPlan plan, final Optional<Devargs> port) {
        final List<String> arguments = common(plan, "server", plan.serverCores(), port);
        arguments.addAll(List.of(
                "--shards",
                String.valueOf(plan.shards()),
                "--arrangement",
                plan.arrangement(),
                "--time-wait-seconds",
                String.valueOf(plan.timeWaitSeconds()),
                "--time-wait-capacity",
                String.valueOf(plan.timeWaitCapacity()),
                "--time-wait-ipv6-capacity",
                IPV4_ONLY,
                "--max-connections",
                String.valueOf(2 * plan.mostUnderWay() + SPARE_CONNECTIONS),
                "--syn-queue",
                String.valueOf(plan.synQueue()),
                "--prefault"));
        return arguments;
    }

    static List<String> generator(final BenchPlan plan, final Optional<Devargs> port) {
        final List<String> arguments = common(plan, "generator", plan.generatorCores(), port);
        arguments.addAll(List.of(
                "--sources",
                String.valueOf(plan.sources()),
                "--max-connections",
                String.valueOf(2 * plan.mostUnderWay() + SPARE_CONNECTIONS),
                "--rate",
                String.valueOf(plan.offer().connections()),
                "--time-wait-capacity",
                String.valueOf(SPARE_CONNECTIONS),
                "--syn-queue",
                String.valueOf(SPARE_CONNECTIONS)));
        plan.offer().spoofedSyns().ifPresent(rate -> arguments.addAll(List.of("--flood-rate", String.valueOf(rate))));
        return arguments;
    }

    /** Both nodes in one process. */
    static List<String> both(final BenchPlan plan) {
        final int queuePairs = plan.arrangement().equals("run-to-completion") ? plan.shards() : 1;
        final List<String> arguments = new ArrayList<>(List.of(COMMAND_OF_BOTH, "--", String.valueOf(queuePairs)));
        arguments.addAll(tail(server(plan, Optional.empty())));
        arguments.add(BETWEEN_BOTH);
        arguments.addAll(tail(generator(plan, Optional.empty())));
        return arguments;
    }

    /** Without the command's name. */
    private static List<String> tail(final List<String> arguments) {
        return arguments.subList(1, arguments.size());
    }

    private static List<String> common(
            final BenchPlan plan, final String role, final List<Integer> cores, final Optional<Devargs> port) {
        final List<String> arguments = new ArrayList<>(List.of(COMMAND, role));
        arguments.addAll(List.of("--concurrency", String.valueOf(plan.mostUnderWay()), "--idle", plan.idle()));
        arguments.addAll(List.of("--conversation", plan.offer().conversation().toWord()));
        port.ifPresent(device -> arguments.addAll(List.of("--port", device.toString())));
        if (!cores.isEmpty()) {
            arguments.addAll(
                    List.of("--cores", cores.stream().map(String::valueOf).collect(Collectors.joining(","))));
        }
        if (!plan.hugePages()) {
            arguments.add("--no-huge");
        }
        return arguments;
    }
}
