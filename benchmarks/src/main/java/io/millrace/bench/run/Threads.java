package io.millrace.bench.run;

import java.util.List;

/**
 * The polling threads of both nodes. Immutable.
 *
 * @param shards of the server.
 * @param ioCores of the server's pipeline; 0 where that is left open.
 * @param arrangement of the server: auto, pipeline, run-to-completion, single-thread.
 * @param serverCores CPUs of the server's polling threads; none leaves them to the kernel.
 * @param generatorCores CPUs of the generator's.
 * @param idle what a polling thread does without work: busy where each has a CPU of its own, else yield.
 */
public record Threads(
        int shards,
        int ioCores,
        String arrangement,
        List<Integer> serverCores,
        List<Integer> generatorCores,
        String idle) {
    /** Shards of the generator: of several threads one polls the port. */
    int generatorShards() {
        return Math.max(1, generatorCores.size() - 1);
    }
}
