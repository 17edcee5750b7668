package io.millrace.tcp.shard;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.port.PortFrames;
import io.millrace.tcp.state.Segment;

/**
 * What a shard does when it can't keep up: it drops new SYNs, for a look at one byte each, so that the segments of
 * connections that have cost something already do not die in the queue before it.
 *
 * <p>It can't keep up when in every duty cycle of some ms frames have been left waiting: a queue that never runs empty does
 * not even out bursts any more, it only stands (the reasoning of CoDel, RFC 8289 §3.2). An honest handshake brings at least
 * one other segment for each SYN; so of a batch that leaves frames waiting SYNs are admitted for as many other segments as
 * come, and an eighth of the batch besides, that a flood does not shut out everybody. This goes on until there was nothing
 * to shed for a second: else the queue would fill up anew each time it has run empty. Owned by the shard's thread; allocates when made.
 */
final class SynShedding {
    private static final int MAX_CREDIT = 1 << 10;
    private static final int LEAST_SHARE_SHIFT = 3;
    private static final int ALERT_MS = 1_000;

    private final int standingMs;
    private final PortFrames frames;
    private final FrameBatch admitted;
    private boolean more;
    private boolean standing;
    private int standingSince;
    private boolean shedding;
    private boolean hasShed;
    private int alertUntil;
    /** Other segments that no SYN has been admitted for; full at first, for whoever opens many connections at once. */
    private int credit = MAX_CREDIT;

    private int shed;

    /** Sheds when frames have waited without a break for {@code standingMs}, 0 for never; batches are at most so long. */
    SynShedding(final int standingMs, final int maxBatch, final PortFrames frames) {
        this.standingMs = standingMs;
        this.frames = frames;
        admitted = new FrameBatch(maxBatch);
    }

    /** The frames of a batch that are to be processed; the others have been freed. */
    FrameBatch admit(final FrameBatch batch) {
        more |= batch.hasMore();
        shed = 0;
        return shedding && batch.hasMore() ? withoutExcess(batch) : batch;
    }

    /** How many SYNs of the last batch were shed. */
    int shed() {
        return shed;
    }

    /** A duty cycle's frames have all been taken. */
    void endCycle(final int nowMs) {
        if (!more) {
            standing = false;
        } else if (!standing) {
            standing = true;
            standingSince = nowMs;
        } else if (standingMs > 0 && nowMs - standingSince >= standingMs) {
            shedding = true;
            alertUntil = nowMs + ALERT_MS;
        }
        if (hasShed) {
            alertUntil = nowMs + ALERT_MS;
        } else if (shedding && nowMs - alertUntil >= 0) {
            shedding = false;
            credit = MAX_CREDIT;
        }
        more = false;
        hasShed = false;
    }

    private FrameBatch withoutExcess(final FrameBatch batch) {
        final int size = batch.size();
        int others = 0;
        for (int i = 0; i < size; i++) {
            others += Segment.isNewSyn(batch.mbuf(i), batch.meta(i)) ? 0 : 1;
        }
        credit = Math.clamp(credit + others, 1 + (size >>> LEAST_SHARE_SHIFT), MAX_CREDIT);
        admitted.clear();
        for (int i = 0; i < size; i++) {
            if (!Segment.isNewSyn(batch.mbuf(i), batch.meta(i)) || credit-- > 0) {
                admitted.add(batch.mbuf(i), batch.hash(i), batch.meta(i));
            } else {
                frames.free(batch.mbuf(i));
                shed++;
                hasShed = true;
            }
        }
        credit = Math.max(credit, 0);
        return admitted;
    }
}
