package io.millrace.bench.reference;

import io.millrace.bench.link.Cable;
import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.BenchPlan;
import io.millrace.bench.run.Contender;
import io.millrace.bench.run.Lineup.Stage;
import io.millrace.dpdk.Devargs;
import java.io.IOException;
import java.util.List;

/** The physical limit of the plan's link: {@code echo.c} at both ends, frames that go there and back. */
public final class BareEcho {
    /** Bytes of each of its frames. */
    public static final int FRAME_BYTES = 66;

    private BareEcho() {}

    /** The program that it is made of. */
    public static CProgram build() throws IOException, InterruptedException {
        return CProgram.build("echo", true);
    }

    /** The limit as a reference. */
    public static Contender contender(final CProgram echo) {
        return new Contender("limit", "a bare echo in C", Contender.Kind.LIMIT, plan -> open(echo, plan), true);
    }

    /**
     * Its generator alone, as a child of a benchmark that has a receiver of its own: keeps frames under way from the word start on.
     *
     * @param cpu of its thread; negative leaves it to the kernel.
     */
    public static List<String> sender(
            final CProgram echo, final Devargs port, final int cpu, final int underWay, final boolean hugePages) {
        return DpdkProgram.command(
                echo,
                "sender",
                hugePages,
                port,
                List.of("generator", port.toString(), String.valueOf(cpu), String.valueOf(underWay)));
    }

    private static Stage open(final CProgram echo, final BenchPlan plan) throws IOException, InterruptedException {
        final Cable cable = Cable.open(plan.link(), Addressing.GENERATOR_MAC);
        final List<String> server = List.of(
                "server",
                cable.server().toString(),
                DpdkProgram.cpu(plan.threads().serverCores()));
        final List<String> generator = List.of(
                "generator",
                cable.generator().toString(),
                DpdkProgram.cpu(plan.threads().generatorCores()),
                String.valueOf(plan.concurrency()));
        return new Stage(
                cable.atServer(DpdkProgram.command(echo, "server", plan.hugePages(), cable.server(), server)),
                cable.atGenerator(
                        DpdkProgram.command(echo, "generator", plan.hugePages(), cable.generator(), generator)),
                cable);
    }
}
