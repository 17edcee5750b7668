package io.millrace.bench.run;

import io.millrace.bench.run.NodeReport.Blast;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What SYNs that no engine sends met in the measured time. Immutable.
 *
 * @param offer what was asked for.
 * @param server what the server did.
 * @param generator what the generator did.
 */
public record BlastFigures(Offer offer, Interval server, Interval generator) {
    /** A generator that sends a smaller share of what it was asked for has not kept up. */
    private static final double MOST_BEHIND = 0.99;
    /** A link that had no room in this share of the duty cycles is what the flood has waited for. */
    private static final double MOSTLY_FULL = 0.5;

    /** SYNs a second that the link has taken. */
    public double sentPerSecond() {
        return generator.perSecond(load -> load.blast().sent());
    }

    /** Spoofed SYNs a second that the server has taken from the link, answered or not. */
    public double absorbedPerSecond() {
        final double legitimate =
                generator.perSecond(Load::attempts) + generator.perSecond(Counter.TCP_SYN_RETRANSMITS);
        return Math.max(0, server.perSecond(Counter.TCP_SYNS_RECEIVED) + shedPerSecond() - legitimate);
    }

    /** SYNs a second that the server has answered by a cookie. */
    public double cookiesPerSecond() {
        return server.perSecond(Counter.SYNCOOKIES_SENT);
    }

    /** SYNs a second that the server has dropped at sight, because it could not keep up. */
    public double shedPerSecond() {
        return server.perSecond(Counter.SYNS_SHED);
    }

    /** Whether the generator sent noticeably less than it was asked for. */
    public boolean fellBehind() {
        return sentPerSecond() < MOST_BEHIND * offer.syns().orElse(0);
    }

    /** Who kept the flood from being larger: server, generator, or neither where it was as large as it was to be. */
    String limit(final boolean serverSaturated) {
        if (offer.syns().orElse(0) > 0 && !fellBehind()) {
            return serverSaturated ? "server" : "neither";
        }
        final double rounds = delta(Blast::rounds);
        return rounds > 0 && delta(Blast::fullRounds) / rounds >= MOSTLY_FULL ? "server" : "generator";
    }

    private long delta(final ToLongFunction<Blast> count) {
        return generator.delta(load -> count.applyAsLong(load.blast()));
    }

    /** The figures by the names they have in the JSON. */
    Map<String, Object> toMap() {
        return ResultJson.ordered(
                "asked_per_second",
                offer.syns().orElse(0),
                "sent_per_second",
                ResultJson.rounded(sentPerSecond()),
                "absorbed_per_second",
                ResultJson.rounded(absorbedPerSecond()),
                "cookies_per_second",
                ResultJson.rounded(cookiesPerSecond()),
                "shed_per_second",
                ResultJson.rounded(shedPerSecond()));
    }
}
