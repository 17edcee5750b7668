package io.millrace.bench.run;

import io.millrace.bench.link.Link;
import java.time.Duration;
import java.util.List;

/**
 * What a run is to do; immutable.
 *
 * @param link how the two processes are joined.
 * @param duration how long is measured.
 * @param warmUp how long before it the load runs already, at least.
 * @param settle how much longer than that, at most, for the rate to settle.
 * @param offer what the generator offers.
 * @param concurrency connections kept under way; in an open loop {@link Offer#mostUnderWay} may be.
 * @param shards of the server.
 * @param arrangement of the server: auto, pipeline, run-to-completion, single-thread.
 * @param serverCores CPUs of the server's polling threads.
 * @param generatorCores CPUs of the generator's polling threads.
 * @param idle what a polling thread does without work: busy where each has a CPU of its own, else yield.
 * @param hugePages whether DPDK takes its memory from huge pages.
 * @param timeWaitSeconds 2 MSL.
 * @param timeWaitCapacity entries the server has room for.
 * @param synQueue half-open connections the server has room for.
 * @param sources addresses the generator opens connections from.
 * @param jvmFlags flags of both child JVMs, after the usual ones.
 * @param command the command line as typed, for the record.
 */
public record BenchPlan(
        Link link,
        Duration duration,
        Duration warmUp,
        Duration settle,
        Offer offer,
        int concurrency,
        int shards,
        String arrangement,
        List<Integer> serverCores,
        List<Integer> generatorCores,
        String idle,
        boolean hugePages,
        int timeWaitSeconds,
        long timeWaitCapacity,
        long synQueue,
        int sources,
        List<String> jvmFlags,
        String command) {

    /** What the server takes for a TIME_WAIT entry at start: a record and its share of the index, rounded up. */
    public static final long BYTES_PER_TIME_WAIT = 40;

    private static final Duration COMPILED_WARM_UP = Duration.ofSeconds(2);

    /** The same for what is compiled already: two seconds of warm-up are for the caches and the tables. */
    BenchPlan withoutWarmUp() {
        final Duration shorter = warmUp.compareTo(COMPILED_WARM_UP) < 0 ? warmUp : COMPILED_WARM_UP;
        return new BenchPlan(
                link,
                duration,
                shorter,
                Duration.ZERO,
                offer,
                concurrency,
                shards,
                arrangement,
                serverCores,
                generatorCores,
                idle,
                hugePages,
                timeWaitSeconds,
                timeWaitCapacity,
                synQueue,
                sources,
                jvmFlags,
                command);
    }

    /** The most connections under way. */
    public int mostUnderWay() {
        return offer.mostUnderWay(concurrency);
    }
}
