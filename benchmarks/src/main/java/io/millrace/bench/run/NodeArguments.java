package io.millrace.bench.run;

import io.millrace.bench.load.Conversation.Side;
import io.millrace.bench.profile.ProfileFolder;
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

    /** Room for what is not asked for: every table has some. */
    private static final String NONE = "1";

    private NodeArguments() {}

    static List<String> server(final BenchPlan plan, final Optional<Devargs> port) {
        final List<String> arguments = common(plan, "server", plan.threads().serverCores(), port);
        arguments.addAll(List.of(
                "--shards",
                String.valueOf(plan.threads().shards()),
                "--arrangement",
                plan.threads().arrangement(),
                "--time-wait-seconds",
                String.valueOf(plan.timeWaitSeconds()),
                "--max-connections",
                String.valueOf(plan.offer().mostAtServer(plan.concurrency()) + SPARE_CONNECTIONS),
                "--syn-queue",
                String.valueOf(plan.synQueue())));
        if (plan.threads().ioCores() > 0) {
            arguments.addAll(List.of("--io-cores", String.valueOf(plan.threads().ioCores())));
        }
        if (plan.offer().held() == 0) {
            // otherwise what the process takes of memory would not grow with what it holds
            arguments.add("--prefault");
        }
        timeWait(arguments, plan, plan.offer().conversation().closesFirst() == Side.SERVER);
        return arguments;
    }

    /** Room for the TIME_WAIT entries of the side that closes first, and little for those of the other. */
    private static void timeWait(final List<String> arguments, final BenchPlan plan, final boolean closesFirst) {
        final String room = String.valueOf(closesFirst ? plan.timeWaitCapacity() : SPARE_CONNECTIONS);
        final boolean ipv4 = plan.addressing() == Addressing.IPV4;
        arguments.addAll(
                List.of("--time-wait-capacity", ipv4 ? room : NONE, "--time-wait-ipv6-capacity", ipv4 ? NONE : room));
    }

    static List<String> generator(final BenchPlan plan, final Optional<Devargs> port) {
        final Offer offer = plan.offer();
        final List<String> arguments = common(plan, "generator", plan.threads().generatorCores(), port);
        arguments.addAll(List.of(
                "--shards",
                String.valueOf(plan.threads().generatorShards()),
                "--sources",
                String.valueOf(plan.sources()),
                "--max-connections",
                String.valueOf(2 * plan.mostUnderWay() + offer.held() + SPARE_CONNECTIONS),
                "--most-under-way",
                String.valueOf(plan.mostUnderWay()),
                "--rate",
                String.valueOf(offer.connections()),
                "--hold",
                String.valueOf(offer.held()),
                "--syn-queue",
                String.valueOf(SPARE_CONNECTIONS)));
        offer.syns().ifPresent(rate -> arguments.addAll(List.of("--blast", String.valueOf(rate))));
        if (offer.hasClients()) {
            arguments.add("--blast-answered");
        }
        timeWait(arguments, plan, offer.conversation().closesFirst() == Side.CLIENT);
        return arguments;
    }

    /** Both nodes in one process. */
    static List<String> both(final BenchPlan plan) {
        final int queuePairs = plan.threads().arrangement().equals("run-to-completion")
                ? plan.threads().shards()
                : 1;
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
        arguments.addAll(List.of(
                "--concurrency",
                String.valueOf(plan.concurrency()),
                "--idle",
                plan.threads().idle()));
        arguments.addAll(List.of("--conversation", plan.offer().conversation().toWord()));
        arguments.addAll(List.of("--ip", String.valueOf(plan.addressing().version())));
        plan.recordings()
                .ifPresent(folder -> arguments.addAll(
                        List.of("--recording", ProfileFolder.file(folder, role).toString())));
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
