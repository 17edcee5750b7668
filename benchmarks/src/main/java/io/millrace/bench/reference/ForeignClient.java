package io.millrace.bench.reference;

import io.millrace.bench.link.Cable;
import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.BenchPlan;
import io.millrace.bench.run.Lineup;
import java.io.IOException;
import java.util.List;

/** The engine as server behind {@code client.c}, a TCP client that shares nothing with it, over the plan's link. */
public final class ForeignClient implements Lineup {
    /** Connections that the client has room for. */
    public static final int MAX_CONCURRENCY = 1 << 16;

    private final CProgram client;

    /** With the program built already. */
    public ForeignClient(final CProgram client) {
        this.client = client;
    }

    /** Builds the program. */
    public static CProgram build() throws IOException, InterruptedException {
        return CProgram.build("client", true);
    }

    @Override
    public Stage open(final BenchPlan plan) throws IOException, InterruptedException {
        final Cable cable = Cable.open(plan.link(), Addressing.GENERATOR_MAC);
        final List<String> words = List.of(
                cable.generator().toString(),
                DpdkProgram.cpu(plan.threads().generatorCores()),
                Addressing.IPV4.server().toString(),
                String.valueOf(Addressing.PORT),
                Addressing.IPV4.generator().address().toString(),
                Addressing.IPV4.firstSource().toString(),
                String.valueOf(plan.sources()),
                String.valueOf(plan.concurrency()),
                String.valueOf(plan.offer().conversation().requestBytes()));
        return new Stage(
                cable.atServer(Lineup.engineServer(plan, cable.server())),
                cable.atGenerator(DpdkProgram.command(client, "generator", plan.hugePages(), cable.generator(), words)),
                cable);
    }
}
