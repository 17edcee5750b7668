package io.millrace.tcp.shard;

import io.millrace.tcp.isn.FlowHash;
import io.millrace.tcp.isn.FlowPrf;
import io.millrace.tcp.isn.IsnGenerator;
import io.millrace.tcp.isn.SipHash;
import io.millrace.tcp.isn.TimestampOffset;
import java.security.SecureRandom;

/**
 * What nobody outside may guess, drawn once for an engine and shared by its shards, so that numbers of one tuple stay
 * monotone whichever shard it comes to. Immutable, any thread.
 *
 * @param flowHash places flows in the index.
 * @param isn the ISNs.
 * @param timestamps what is added to the clock to make TSvals.
 * @param ports makes ephemeral port sequences of destinations.
 * @param cookies the key that cookie keys are derived from.
 * @param flowLabels makes the labels of IPv6 flows.
 */
public record Secrets(
        FlowHash flowHash,
        IsnGenerator isn,
        TimestampOffset timestamps,
        FlowPrf ports,
        SipHash cookies,
        FlowHash flowLabels) {
    /** Draws new ones; {@code monotonicNanos} is the engine's clock now. */
    public static Secrets draw(final SecureRandom random, final long monotonicNanos) {
        return new Secrets(
                FlowHash.randomlyKeyed(random),
                new IsnGenerator(FlowPrf.randomlyKeyed(random), System.currentTimeMillis() * 1_000_000, monotonicNanos),
                TimestampOffset.randomlyKeyed(random),
                FlowPrf.randomlyKeyed(random),
                new SipHash(random.nextLong(), random.nextLong()),
                FlowHash.randomlyKeyed(random));
    }
}
