package io.millrace.bench.run;

import io.millrace.bench.link.Cable;
import io.millrace.dpdk.Devargs;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Whose programs take the places of server and generator, and over what. Immutable. */
public interface Lineup {
    /** Two engines over the plan's link. */
    Lineup ENGINES = new Lineup() {
        @Override
        public Stage open(final BenchPlan plan) throws IOException, InterruptedException {
            final Cable cable = Cable.open(plan.link(), Addressing.GENERATOR_MAC);
            return new Stage(
                    cable.atServer(engineServer(plan, cable.server())),
                    cable.atGenerator(engineGenerator(plan, cable.generator())),
                    cable);
        }

        @Override
        public boolean inOneProcess(final BenchPlan plan) {
            return plan.link().inOneProcess();
        }
    };

    /** Makes what joins the two, which is removed when the stage is closed. */
    Stage open(BenchPlan plan) throws IOException, InterruptedException;

    /** Whether both are in one process. */
    default boolean inOneProcess(final BenchPlan plan) {
        return false;
    }

    /** The command of an engine as the server, on a port. */
    static List<String> engineServer(final BenchPlan plan, final Devargs port) {
        return JvmCommand.node(plan.jvmFlags(), NodeArguments.server(plan, Optional.of(port)));
    }

    /** The command of an engine as the generator, on a port. */
    static List<String> engineGenerator(final BenchPlan plan, final Devargs port) {
        return JvmCommand.node(plan.jvmFlags(), NodeArguments.generator(plan, Optional.of(port)));
    }

    /**
     * What a run needs: the commands of its processes, of which the server's is started first.
     *
     * @param server empty where the server is there already.
     * @param cable what joins them.
     */
    record Stage(List<String> server, List<String> generator, AutoCloseable cable) implements AutoCloseable {
        @Override
        public void close() throws IOException, InterruptedException {
            try {
                cable.close();
            } catch (final IOException | InterruptedException | RuntimeException e) {
                throw e;
            } catch (final Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
