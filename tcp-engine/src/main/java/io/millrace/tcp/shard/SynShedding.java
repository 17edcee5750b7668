package io.millrace.tcp.shard;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.port.PortFrames;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.table.ShedSyns;

/**
 * What a shard does when it can't keep up: it drops new SYNs, for a look at one byte each, so that the segments of
 * connections that have cost something already do not die in the queue before it.
 *
 * <p>It can't keep up when in every duty cycle of some ms frames have been left waiting: a queue that never runs empty does
 * not even out bursts any more, it only stands (the reasoning of CoDel, RFC 8289 §3.2). An honest handshake brings at least
 * one other segment for each SYN; so of a batch that leaves frames waiting SYNs are admitted for as many other segments as
 * come, and an eighth of the batch besides, that a flood does not shut out everybody. Those are in excess that are more. How
 * many of these are dropped is found by what comes of it: all at first, fewer after each ms in which the queue has run
 * empty, more after each in which it has not. So no more is dropped than the shard can't do, and soon nothing where it had
 * only been kept from its core for a moment. A SYN that comes again goes first: a flood sends each once, a client repeats
 * what was dropped. Owned by the shard's thread; allocates when made.
 */
final class SynShedding {
    private static final int MAX_CREDIT = 1 << 10;
    private static final int LEAST_SHARE_SHIFT = 3;
    /** All of the excess is dropped. */
    private static final int ALL = 32;
    /** By how much more is dropped after a ms in which the queue stood; by one less after one in which it ran empty. */
    private static final int STEP = 4;

    private static final byte OTHER = 0;
    private static final byte NEW = 1;
    private static final byte AGAIN = 2;

    private final int standingMs;
    private final PortFrames frames;
    private final Lookahead lookahead;
    private final ShedSyns before;
    private final FrameBatch admitted;
    /** Of the batch: what each frame is, and the hash of each SYN's flow. */
    private final byte[] kinds;

    private final int[] hashes;
    private boolean more;
    private boolean standing;
    private int standingSince;
    /** Whether the queue has run empty since the last step. */
    private boolean ranEmpty;

    private int steppedAt;
    /** Of 32 SYNs in excess so many are dropped. */
    private int dropped;

    private int due;
    /** Other segments that no SYN has been admitted for; full at first, for whoever opens many connections at once. */
    private int credit = MAX_CREDIT;

    private int shed;

    /**
     * Sheds when frames have waited without a break for {@code standingMs}, 0 for never; batches are at most so long.
     *
     * @param lookahead knows the hash of a frame's flow.
     * @param before those that were shed.
     */
    SynShedding(
            final int standingMs,
            final int maxBatch,
            final PortFrames frames,
            final Lookahead lookahead,
            final ShedSyns before) {
        this.standingMs = standingMs;
        this.frames = frames;
        this.lookahead = lookahead;
        this.before = before;
        admitted = new FrameBatch(maxBatch);
        hashes = new int[maxBatch];
        kinds = new byte[maxBatch];
    }

    /** The frames of a batch that are to be processed; the others have been freed. */
    FrameBatch admit(final FrameBatch batch) {
        more |= batch.hasMore();
        shed = 0;
        return dropped > 0 && batch.hasMore() ? withoutExcess(batch) : batch;
    }

    /** How many SYNs of the last batch were shed. */
    int shed() {
        return shed;
    }

    /** A duty cycle's frames have all been taken. */
    void endCycle(final int nowMs) {
        if (!more) {
            standing = false;
            ranEmpty = true;
        } else if (!standing) {
            standing = true;
            standingSince = nowMs;
        }
        more = false;
        if (nowMs != steppedAt) {
            steppedAt = nowMs;
            step(nowMs);
            ranEmpty = false;
        }
    }

    private void step(final int nowMs) {
        if (dropped > 0) {
            before.age(nowMs);
            dropped = ranEmpty ? dropped - 1 : Math.min(dropped + STEP, ALL);
        } else if (standing && standingMs > 0 && nowMs - standingSince >= standingMs) {
            before.age(nowMs);
            dropped = ALL;
            credit = MAX_CREDIT;
        }
    }

    private FrameBatch withoutExcess(final FrameBatch batch) {
        final int size = batch.size();
        int syns = 0;
        for (int i = 0; i < size; i++) {
            kinds[i] = Segment.isNewSyn(batch.mbuf(i), batch.meta(i)) ? NEW : OTHER;
            syns += kinds[i] == NEW ? 1 : 0;
        }
        credit = Math.clamp(credit + size - syns, 1 + (size >>> LEAST_SHARE_SHIFT), MAX_CREDIT);
        if (syns <= credit) { // as long as nobody floods
            credit -= syns;
            return batch;
        }
        drop(batch, size);
        return admitted;
    }

    private void drop(final FrameBatch batch, final int size) {
        int again = 0;
        for (int i = 0; i < size; i++) {
            if (kinds[i] == NEW) {
                hashes[i] = lookahead.hashOf(batch.mbuf(i), batch.meta(i));
                if (before.has(hashes[i])) {
                    kinds[i] = AGAIN;
                    again++;
                }
            }
        }
        int forAgain = Math.min(again, credit);
        credit -= forAgain;
        admitted.clear();
        for (int i = 0; i < size; i++) {
            final boolean isAdmitted = switch (kinds[i]) {
                case NEW -> credit-- > 0;
                case AGAIN -> forAgain-- > 0;
                default -> true;
            };
            if (isAdmitted || !isDropped()) {
                admitted.add(batch.mbuf(i), batch.hash(i), batch.meta(i));
            } else {
                before.remember(hashes[i]);
                frames.free(batch.mbuf(i));
                shed++;
            }
        }
        credit = Math.max(credit, 0);
    }

    /** Evenly so many of those in excess. */
    private boolean isDropped() {
        due += dropped;
        if (due < ALL) {
            return false;
        }
        due -= ALL;
        return true;
    }
}
