package io.millrace.bench.run;

import io.millrace.bench.link.Link;
import io.millrace.bench.profile.ProfileFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
 * @param recordings the folder where both nodes leave a recording of the measured time; empty for none.
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
        Optional<Path> recordings,
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
        return with(shorter, Duration.ZERO, offer, timeWaitSeconds, false, jvmFlags, recordings);
    }

    /** The same with something else offered. */
    public BenchPlan with(final Offer other) {
        return with(warmUp, settle, other, timeWaitSeconds, untilFull, jvmFlags, recordings);
    }

    /** The same with another 2 MSL, of which the warm-up does not wait for the end. */
    public BenchPlan withTimeWait(final int seconds, final Duration otherWarmUp) {
        return with(otherWarmUp, settle, offer, seconds, false, jvmFlags, recordings);
    }

    /** The same with recordings of the measured time. */
    BenchPlan recordedTo(final Path folder) {
        final List<String> flags = new ArrayList<>(jvmFlags);
        flags.addAll(ProfileFolder.flags(folder));
        return with(warmUp, settle, offer, timeWaitSeconds, untilFull, flags, Optional.of(folder));
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
            final boolean otherUntilFull,
            final List<String> otherFlags,
            final Optional<Path> otherRecordings) {
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
                otherFlags,
                otherRecordings,
                command);
    }
}
