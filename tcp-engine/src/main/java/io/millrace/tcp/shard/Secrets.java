package io.millrace.tcp.shard;

import io.millrace.tcp.isn.FlowHash;
import io.millrace.tcp.isn.FlowPrf;
import io.millrace.tcp.isn.IsnGenerator;
import io.millrace.tcp.isn.SipHash;
import java.security.SecureRandom;

/**
 * What nobody outside may guess, drawn once for an engine and shared by its shards, so that numbers of one tuple stay
 * monotone whichever shard it comes to. Immutable, any thread.
 *
 * @param flowHash places flows in the index.
 * @param prf makes ISNs and timestamp offsets of tuples.
 * @param isn the ISNs.
 * @param ports makes ephemeral port sequences of destinations.
 * @param cookies the key that cookie keys are derived from.
 * @param flowLabels makes the labels of IPv6 flows.
 */
public record Secrets(
        FlowHash flowHash, FlowPrf prf, IsnGenerator isn, FlowPrf ports, SipHash cookies, FlowHash flowLabels) {
    /** Draws new ones; {@code monotonicNanos} is the engine's clock now. */
    public static Secrets draw(final SecureRandom random, final long monotonicNanos) {
        final FlowPrf prf = FlowPrf.randomlyKeyed(random);
        return new Secrets(
                FlowHash.randomlyKeyed(random),
                prf,
                new IsnGenerator(prf, System.currentTimeMillis() * 1_000_000, monotonicNanos),
                FlowPrf.randomlyKeyed(random),
                new SipHash(random.nextLong(), random.nextLong()),
                FlowHash.randomlyKeyed(random));
    }
}
