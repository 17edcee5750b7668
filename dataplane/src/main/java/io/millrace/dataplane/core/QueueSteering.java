package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.flow.HashAgreement;
import io.millrace.dataplane.flow.HashAgreement.Finding;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;

/**
 * By which hash the frames of one queue find their shard: the device's as long as it is what we compute ourselves, which is
 * compared now and then; ours for frames that the device can't have steered, and for all once it has been wrong.
 *
 * <p>Owned by the thread that polls the queue; allocates nothing after it is made, but for one warning.
 */
final class QueueSteering {
    /** No hash: the frame is where it belongs, or whoever takes it computes one. */
    static final int NONE = 0;

    private static final System.Logger LOGGER = System.getLogger(QueueSteering.class.getName());

    private final String port;
    private final boolean choice;
    private final boolean tellsHash;
    private final FlowSteering steering;
    private final HashAgreement.OfQueue agreement;
    private final CounterBlock counters;

    /**
     * Makes the steering of one queue.
     *
     * @param port the port's name, for the warning
     * @param tellsHash whether frames of the port carry a hash
     */
    QueueSteering(
            final String port,
            final boolean tellsHash,
            final FlowSteering steering,
            final HashAgreement.OfQueue agreement,
            final CounterBlock counters) {
        this.port = port;
        this.choice = steering.shards() > 1;
        this.tellsHash = tellsHash;
        this.steering = steering;
        this.agreement = agreement;
        this.counters = counters;
    }

    /** The hash of a segment that came as it is. */
    int hashOf(final long mbuf, final int meta) {
        if (!choice) {
            return NONE;
        }
        if (!agreement.isTrusted() || !isPlain(meta)) {
            return computed(mbuf, meta);
        }
        final boolean told = tellsHash && (Mbuf.offloadFlags(mbuf) & MbufFlags.RX_RSS_HASH) != 0;
        if ((told || agreement.queuesAreShards()) && agreement.isDue()) {
            return compared(mbuf, meta, told);
        }
        return told ? Mbuf.rssHash(mbuf) : NONE;
    }

    /**
     * Whether TCP comes right after an IP header without options or extension headers. Of others a device may hash the
     * addresses alone: no peer shall cost it our trust by sending one.
     */
    private static boolean isPlain(final int meta) {
        final int header = FrameMeta.l4Offset(meta) - FrameMeta.l3Offset(meta);
        return header == (FrameMeta.kind(meta) == FrameMeta.TCP4 ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH);
    }

    /** The hash of a frame for TCP that the device has not steered by its flow: put together, or an ICMP error. */
    int hashOfUnsteered(final long mbuf, final int meta) {
        return choice ? computed(mbuf, meta) : NONE;
    }

    /** Never {@link #NONE}: another hash of the same shard stands for it. */
    private int computed(final long mbuf, final int meta) {
        final int hash = FrameFlow.hash(steering.toeplitz(), mbuf, meta);
        return hash == NONE ? FlowSteering.TABLE_LENGTH : hash;
    }

    private int compared(final long mbuf, final int meta, final boolean told) {
        final int hash = computed(mbuf, meta);
        final int ofDevice = Mbuf.rssHash(mbuf);
        final Finding finding = agreement.compare(told && ofDevice != NONE, ofDevice, hash);
        counters.increment(Counter.RSS_COMPARISONS);
        if (finding != Finding.AGREES) {
            counters.increment(Counter.RSS_DISAGREEMENTS);
            if (agreement.distrust()) {
                LOGGER.log(System.Logger.Level.WARNING, warning(finding, ofDevice, hash));
            }
        }
        return hash;
    }

    private String warning(final Finding finding, final int ofDevice, final int hash) {
        final String what = finding == Finding.OTHER_HASH
                ? "tells RSS hash 0x%08x of a frame whose hash by our key is 0x%08x".formatted(ofDevice, hash)
                : "gave queue %d a flow that belongs to queue %d".formatted(agreement.queue(), steering.shardOf(hash));
        return "port " + port + " " + what + ": flows are steered in software from now on, which costs more;"
                + " look for a newer driver or firmware, or use --arrangement pipeline";
    }
}
