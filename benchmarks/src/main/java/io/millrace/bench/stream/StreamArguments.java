package io.millrace.bench.stream;

import io.millrace.bench.run.Addressing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The command lines of the child processes: {@code millrace bench-stream-node ROLE ...}. */
final class StreamArguments {
    /** The hidden command that a child runs. */
    private static final String COMMAND = "bench-stream-node";

    private static final int ETHERNET_MTU = 1500;

    private StreamArguments() {}

    /** The socket of the vhost-user link; of this process, so that two runs don't meet. */
    static Path socket() {
        return Path.of(
                System.getProperty("java.io.tmpdir"),
                "millrace-stream-" + ProcessHandle.current().pid() + ".sock");
    }

    static List<String> vhostServer(final StreamPlan plan, final Path socket) {
        return engine(plan, "server", plan.serverCores(), "net_vhost0,iface=" + socket + ",queues=1");
    }

    static List<String> vhostClient(final StreamPlan plan, final Path socket) {
        return engine(
                plan,
                "client",
                plan.clientCores(),
                "net_virtio_user0,path=" + socket + ",queues=1,queue_size=1024,packed_vq=1,mrg_rxbuf=0,in_order=1,mac="
                        + Addressing.GENERATOR_MAC);
    }

    /** Packet sockets copy frames through a ring of slots, which have to hold the largest. */
    static List<String> packetClient(final StreamPlan plan, final String device) {
        final String slots = plan.mtu() <= ETHERNET_MTU ? "" : ",blocksz=65536,framesz=16384,framecnt=512";
        return engine(plan, "client", plan.clientCores(), "net_af_packet0,iface=" + device + slots);
    }

    static List<String> kernel(final StreamPlan plan, final String role) {
        return common(plan, role);
    }

    private static List<String> engine(
            final StreamPlan plan, final String role, final List<Integer> cores, final String device) {
        final List<String> arguments = common(plan, role);
        arguments.addAll(List.of(
                "--port",
                device,
                "--mtu",
                String.valueOf(plan.mtu()),
                "--buffer",
                String.valueOf(plan.bufferBytes()),
                "--idle",
                plan.idle()));
        if (!cores.isEmpty()) {
            arguments.addAll(
                    List.of("--cores", cores.stream().map(String::valueOf).collect(Collectors.joining(","))));
        }
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
                plan.pattern().label(),
                "--direction",
                plan.direction().label(),
                "--connections",
                String.valueOf(plan.connections()),
                "--size",
                String.valueOf(plan.size())));
    }
}
