package io.millrace.bench.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The command lines of the two child processes: {@code millrace bench-node ROLE ...}. */
final class NodeArguments {
    /** The hidden command that a child runs. */
    static final String COMMAND = "bench-node";

    /** Room the generator has beyond what it needs. */
    private static final int SPARE_CONNECTIONS = 4_096;

    /** The benchmark speaks IPv4: the memory of all TIME_WAIT entries is for these. */
    private static final String IPV4_ONLY = "1";

    private NodeArguments() {}

    static List<String> server(final BenchPlan plan, final Path socket) {
        final List<String> arguments = common(plan, "server", plan.serverCores());
        arguments.addAll(List.of(
                "--port",
                "net_vhost0,iface=" + socket + ",queues=1",
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

    static List<String> generator(final BenchPlan plan, final Path socket) {
        final List<String> arguments = common(plan, "generator", plan.generatorCores());
        arguments.addAll(List.of(
                "--port",
                "net_virtio_user0,path=" + socket + ",queues=1,queue_size=1024,packed_vq=1,mrg_rxbuf=0,in_order=1,mac="
                        + Addressing.GENERATOR_MAC,
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

    private static List<String> common(final BenchPlan plan, final String role, final List<Integer> cores) {
        final List<String> arguments = new ArrayList<>(List.of(COMMAND, role));
        arguments.addAll(List.of("--concurrency", String.valueOf(plan.mostUnderWay()), "--idle", plan.idle()));
        arguments.addAll(List.of("--conversation", plan.offer().conversation().toWord()));
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
