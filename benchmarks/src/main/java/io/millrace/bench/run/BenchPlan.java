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
 * @param addressing who has which address, and of which family.
 * @param threads the polling threads of both nodes.
 * @param hugePages whether DPDK takes its memory from huge pages.
 * @param timeWaitSeconds 2 MSL.
 * @param timeWaitCapacity entries there is room for on the side that closes first.
 * @param untilFull whether the warm-up lasts until as many entries leave TIME_WAIT as enter it.
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
        Addressing addressing,
        Threads threads,
        boolean hugePages,
        int timeWaitSeconds,
        long timeWaitCapacity,
        boolean untilFull,
        long synQueue,
        int sources,
        List<String> jvmFlags,
        String command) {

    /** What a TIME_WAIT entry of IPv4 takes at start: a record and its share of the index, rounded up. */
    private static final long BYTES_PER_TIME_WAIT = 40;
    /** And one of IPv6. */
    private static final long BYTES_PER_TIME_WAIT_IPV6 = 64;

    /** What a TIME_WAIT entry takes at start, bytes. */
    public static long bytesPerTimeWait(final Addressing addressing) {
        return addressing == Addressing.IPV4 ? BYTES_PER_TIME_WAIT : BYTES_PER_TIME_WAIT_IPV6;
    }

    private static final Duration COMPILED_WARM_UP = Duration.ofSeconds(2);

    /** The same for what is compiled already: two seconds of warm-up are for the caches and the tables. */
    BenchPlan withoutWarmUp() {
        final Duration shorter = warmUp.compareTo(COMPILED_WARM_UP) < 0 ? warmUp : COMPILED_WARM_UP;
        return with(shorter, Duration.ZERO, offer, timeWaitSeconds, false);
    }

    /** The same with something else offered. */
    public BenchPlan with(final Offer other) {
        return with(warmUp, settle, other, timeWaitSeconds, untilFull);
    }

    /** The same with another 2 MSL, of which the warm-up does not wait for the end. */
    public BenchPlan withTimeWait(final int seconds, final Duration otherWarmUp) {
        return with(otherWarmUp, settle, offer, seconds, false);
    }

    /** The most connections under way. */
    public int mostUnderWay() {
        return offer.mostUnderWay(concurrency);
    }

    private BenchPlan with(
            final Duration otherWarmUp,
            final Duration otherSettle,
            final Offer otherOffer,
            final int otherTimeWaitSeconds,
            final boolean otherUntilFull) {
        return new BenchPlan(
                link,
                duration,
                otherWarmUp,
                otherSettle,
                otherOffer,
                concurrency,
                addressing,
                threads,
                hugePages,
                otherTimeWaitSeconds,
                timeWaitCapacity,
                otherUntilFull,
                synQueue,
                sources,
                jvmFlags,
                command);
    }
}
