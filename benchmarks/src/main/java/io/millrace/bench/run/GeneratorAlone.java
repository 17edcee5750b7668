package io.millrace.bench.run;

import io.millrace.dpdk.Devargs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The engine as generator on a port of ours, before a server that is somebody's. Immutable. */
public final class GeneratorAlone implements Lineup {
    private final Devargs port;
    private final List<String> target;

    /** By a port, and the words that tell the generator whom it drives and who it is. */
    public GeneratorAlone(final Devargs port, final List<String> target) {
        this.port = port;
        this.target = List.copyOf(target);
    }

    @Override
    public Stage open(final BenchPlan plan) {
        final List<String> arguments = new ArrayList<>(NodeArguments.generator(plan, Optional.of(port)));
        arguments.addAll(target);
        return new Stage(List.of(), JvmCommand.node(plan.jvmFlags(), arguments), () -> {});
    }
}
