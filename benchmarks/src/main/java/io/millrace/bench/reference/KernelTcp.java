package io.millrace.bench.reference;

import io.millrace.bench.link.Cable;
import io.millrace.bench.link.NetworkNamespace;
import io.millrace.bench.link.VethPair;
import io.millrace.bench.link.VethPair.End;
import io.millrace.bench.load.Conversation;
import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.BenchPlan;
import io.millrace.bench.run.Contender;
import io.millrace.bench.run.Contender.Kind;
import io.millrace.bench.run.Lineup;
import io.millrace.bench.run.Lineup.Stage;
import io.millrace.dataplane.wire.IpPrefix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The Linux kernel's TCP: {@code epoll.c} as server and as generator, each one thread on one CPU, in namespaces made for a
 * run. The conversation, the number of connections under way and the source addresses are those of the plan.
 */
public final class KernelTcp {
    /** As many as come in a minute; what there is no room for, the kernel forgets early, and is faster for it. */
    private static final int TIME_WAIT = 1 << 22;

    private static final int BACKLOG = 65_535;

    private KernelTcp() {}

    /** The kernel at both ends of a veth pair and of its loopback, and as server behind the engine as generator. */
    public static List<Contender> contenders(final CProgram epoll) {
        return List.of(
                new Contender(
                        "kernel_veth", "Linux to Linux over veth", Kind.OTHER_TCP, plan -> veth(epoll, plan), true),
                new Contender(
                        "kernel_loopback",
                        "Linux to Linux over loopback",
                        Kind.OTHER_TCP,
                        plan -> loopback(epoll, plan),
                        true),
                new Contender(
                        "kernel_server",
                        "Linux behind the same generator over af_packet",
                        Kind.OTHER_TCP,
                        plan -> behindEngine(epoll, plan),
                        false));
    }

    /** The program that they are made of. */
    public static CProgram build() throws IOException, InterruptedException {
        return CProgram.build("epoll", false);
    }

    private static Stage veth(final CProgram epoll, final BenchPlan plan) throws IOException, InterruptedException {
        final VethPair veth = VethPair.create(
                Cable.MTU,
                End.kernel(Addressing.IPV4.serverPrefix().toString()),
                End.kernel(Addressing.IPV4.generator().toString()));
        return closedOnFailure(veth, () -> {
            serve(veth.server(), plan);
            takeSources(veth.client());
            receiveOn(veth.client(), VethPair.CLIENT_DEVICE, plan.threads().generatorCores());
            return new Stage(veth.inServer(server(epoll, plan)), veth.inClient(generator(epoll, plan)), veth);
        });
    }

    private static Stage behindEngine(final CProgram epoll, final BenchPlan plan)
            throws IOException, InterruptedException {
        final VethPair veth = VethPair.create(
                Cable.MTU, End.kernel(Addressing.IPV4.serverPrefix().toString()), End.ENGINE);
        return closedOnFailure(veth, () -> {
            serve(veth.server(), plan);
            return new Stage(
                    veth.inServer(server(epoll, plan)),
                    veth.inClient(Lineup.engineGenerator(plan, Cable.packetPort(VethPair.CLIENT_DEVICE, Cable.MTU))),
                    veth);
        });
    }

    private static Stage loopback(final CProgram epoll, final BenchPlan plan) throws IOException, InterruptedException {
        final NetworkNamespace namespace = NetworkNamespace.create("l");
        return closedOnFailure(namespace, () -> {
            namespace.ip("addr", "add", Addressing.IPV4.server() + "/32", "dev", "lo");
            takeSources(namespace);
            makeRoom(namespace);
            return new Stage(
                    namespace.within(server(epoll, plan)), namespace.within(generator(epoll, plan)), namespace);
        });
    }

    private interface Building {
        Stage build() throws IOException, InterruptedException;
    }

    private static Stage closedOnFailure(final AutoCloseable cable, final Building building)
            throws IOException, InterruptedException {
        try {
            return building.build();
        } catch (final RuntimeException | IOException | InterruptedException e) {
            new Stage(List.of(), List.of(), cable).close();
            throw e;
        }
    }

    /** The server's end: the ways back to the sources, room for all, and the server's CPU for what comes in. */
    private static void serve(final NetworkNamespace server, final BenchPlan plan)
            throws IOException, InterruptedException {
        for (final IpPrefix sources : List.of(Addressing.IPV4.sources(), Addressing.IPV4.blastSources())) {
            server.ip(
                    "route",
                    "add",
                    sources.toString(),
                    "via",
                    Addressing.IPV4.generator().address().toString());
        }
        makeRoom(server);
        receiveOn(server, VethPair.SERVER_DEVICE, plan.threads().serverCores());
    }

    private static void makeRoom(final NetworkNamespace namespace) throws IOException, InterruptedException {
        namespace.run(
                "sysctl",
                "-qw",
                "net.core.somaxconn=" + BACKLOG,
                "net.ipv4.tcp_max_syn_backlog=" + BACKLOG,
                "net.ipv4.tcp_max_tw_buckets=" + TIME_WAIT);
    }

    /** All the sources are addresses of this namespace. */
    private static void takeSources(final NetworkNamespace client) throws IOException, InterruptedException {
        client.ip("route", "add", "local", Addressing.IPV4.sources().toString(), "dev", "lo");
    }

    private static void receiveOn(final NetworkNamespace namespace, final String device, final List<Integer> cores)
            throws IOException, InterruptedException {
        if (!cores.isEmpty()) {
            namespace.receiveOn(device, cores.getFirst());
        }
    }

    private static List<String> server(final CProgram epoll, final BenchPlan plan) {
        return common(epoll, "server", plan, plan.threads().serverCores());
    }

    private static List<String> generator(final CProgram epoll, final BenchPlan plan) {
        final List<String> command =
                common(epoll, "generator", plan, plan.threads().generatorCores());
        command.addAll(List.of(
                String.valueOf(plan.concurrency()),
                String.valueOf(plan.sources()),
                Addressing.IPV4.firstSource().toString()));
        return command;
    }

    private static List<String> common(
            final CProgram epoll, final String role, final BenchPlan plan, final List<Integer> cores) {
        final Conversation conversation = plan.offer().conversation();
        return new ArrayList<>(List.of(
                epoll.file().toString(),
                role,
                Addressing.IPV4.server().toString(),
                String.valueOf(Addressing.PORT),
                String.valueOf(cores.isEmpty() ? -1 : cores.getFirst()),
                String.valueOf(conversation.requestBytes()),
                conversation.closesFirst().name().toLowerCase(Locale.ROOT),
                conversation.byReset() ? "rst" : "fin"));
    }
}
