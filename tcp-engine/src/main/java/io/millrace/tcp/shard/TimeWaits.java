package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.isn.TimestampOffset;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.state.TimeWaitState;
import io.millrace.tcp.state.Verdict;
import io.millrace.tcp.table.FlowIndex;
import io.millrace.tcp.table.LocalAddresses;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TimeWaitTable;
import io.millrace.tcp.timer.BurstClock;
import io.millrace.tcp.timer.ConnectionTimers;

/**
 * Connections in TIME_WAIT: takes them over from their records, answers what still comes for them, and lets them go after
 * 2 MSL. Owned by the shard's thread; allocates nothing.
 */
final class TimeWaits {
    private static final int EXPIRY_BATCH = 128;
    /** TSvals count ms: a second is enough to tell old from new, whatever was still sent when TIME_WAIT began. */
    private static final int REUSE_AGE_MS = 1_000;

    private final ShardTables tables;
    private final Replies replies;
    private final TimestampOffset offsets;
    private final BurstClock clock;
    private final CounterBlock counters;
    private final TcpConfig config;
    private final int[] expired = new int[EXPIRY_BATCH];
    private long touched;

    TimeWaits(
            final ShardTables tables,
            final Replies replies,
            final TimestampOffset offsets,
            final BurstClock clock,
            final CounterBlock counters,
            final TcpConfig config) {
        this.tables = tables;
        this.replies = replies;
        this.offsets = offsets;
        this.clock = clock;
        this.counters = counters;
        this.config = config;
    }

    /** Moves a connection from its record, which the caller then dismisses, to the TIME_WAIT table. */
    void enter(final Tcb tcb) {
        final int local = tables.localAddresses.numberOf(tcb.localHi(), tcb.localLo());
        final TimeWaitTable table = tcb.is(TcbFlags.IPV6) ? tables.timeWaitIpv6 : tables.timeWaitIpv4;
        int slot = local == LocalAddresses.NONE ? TimeWaitTable.NONE : append(table, tcb, local);
        if (slot == TimeWaitTable.NONE && local != LocalAddresses.NONE) {
            final int oldest = table.oldest();
            tables.removeTimeWait(oldest);
            counters.increment(Counter.TIME_WAIT_OVERFLOWS);
            slot = append(table, tcb, local);
        }
        if (slot == TimeWaitTable.NONE) {
            counters.increment(Counter.TIME_WAIT_OVERFLOWS);
            tables.unlist(tcb);
        } else {
            tables.index.replace(tcb.indexPosition(), FlowIndex.ref(FlowIndex.TIME_WAIT, slot));
        }
    }

    private int append(final TimeWaitTable table, final Tcb tcb, final int local) {
        return table.append(
                tcb.remoteHi(),
                tcb.remoteLo(),
                tcb.ports(),
                local,
                tcb.rcvNxt(),
                tcb.sndMax(),
                tcb.tsRecent(),
                tcb.is(TcbFlags.TIMESTAMPS) ? TimeWaitTable.TIMESTAMPS : 0,
                tcb.indexPosition(),
                clock.millis());
    }

    /**
     * A segment to the entry in {@code slot}.
     *
     * @param listening whether somebody listens on the port, without whom nothing is reopened.
     * @return true if the entry is gone and the segment, a SYN, is to be taken as one to LISTEN; the new ISN must then be
     *     beyond {@link #reopenedSndNxt()}.
     */
    boolean onSegment(final int slot, final int position, final Segment segment, final boolean listening) {
        final TimeWaitTable table = tables.timeWaitOf(slot);
        final boolean timestamps = (table.flags(slot) & TimeWaitTable.TIMESTAMPS) != 0;
        final int verdict = TimeWaitState.onSegment(
                segment,
                table.rcvNxt(slot),
                table.sndNxt(slot),
                timestamps,
                table.tsRecent(slot),
                config.ignoreResetsInTimeWait());
        if (verdict == Verdict.DROP) {
            counters.increment(Counter.TCP_SEGMENTS_IGNORED);
            return false;
        }
        if (Verdict.has(verdict, Verdict.RESET_BY_PEER)) {
            counters.increment(Counter.TIME_WAIT_RESETS);
            tables.removeTimeWait(slot);
            return false;
        }
        if (Verdict.has(verdict, Verdict.REOPEN) && listening) {
            counters.increment(Counter.TIME_WAIT_RECYCLED);
            reopenedSndNxt = table.sndNxt(slot);
            tables.removeTimeWait(slot);
            return true;
        }
        if (Verdict.has(verdict, Verdict.ACK) || mayChallenge(table, slot)) {
            acknowledge(segment, table.sndNxt(slot), table.rcvNxt(slot), timestamps, table.tsRecent(slot));
        }
        if (Verdict.has(verdict, Verdict.TIME_WAIT)) {
            final int moved = table.restart(slot, clock.millis());
            tables.index.replace(position, FlowIndex.ref(FlowIndex.TIME_WAIT, moved));
        }
        return false;
    }

    private int reopenedSndNxt;

    /** SND.NXT of the connection whose entry was reopened last. */
    int reopenedSndNxt() {
        return reopenedSndNxt;
    }

    /** Whether an active open may have the tuple of the entry at {@code position} of the index, like Linux's tcp_tw_reuse. */
    boolean isReusable(final int position) {
        final int ref = tables.index.ref(position);
        if (!config.reuseTimeWait() || !config.timestamps() || FlowIndex.kind(ref) != FlowIndex.TIME_WAIT) {
            return false;
        }
        final int slot = FlowIndex.slot(ref);
        final TimeWaitTable table = tables.timeWaitOf(slot);
        // RFC 6191 §4, RFC 7323 §5: every segment of the new connection carries a later TSval than any of the old
        // one's.
        return (table.flags(slot) & TimeWaitTable.TIMESTAMPS) != 0 && table.age(slot, clock.millis()) >= REUSE_AGE_MS;
    }

    /** Ends an entry that {@link #isReusable}; the new ISN must be beyond {@link #reopenedSndNxt()}. */
    void reuse(final int position) {
        counters.increment(Counter.TIME_WAIT_REUSED);
        final int slot = FlowIndex.slot(tables.index.ref(position));
        final TimeWaitTable table = tables.timeWaitOf(slot);
        reopenedSndNxt = table.sndNxt(slot);
        tables.removeTimeWait(slot);
    }

    private boolean mayChallenge(final TimeWaitTable table, final int slot) {
        final boolean allowed = table.takeChallenge(slot, clock.millis());
        counters.increment(allowed ? Counter.CHALLENGE_ACKS : Counter.CHALLENGE_ACKS_SKIPPED);
        return allowed;
    }

    private void acknowledge(
            final Segment segment, final int sndNxt, final int rcvNxt, final boolean timestamps, final int tsRecent) {
        if (!timestamps) {
            replies.ack(segment, sndNxt, rcvNxt, TimeWaitState.WINDOW);
            return;
        }
        final int offset = offsets.of(
                segment.remoteHi(), segment.remoteLo(), segment.localHi(), segment.localLo(), segment.ports());
        final int tsVal = clock.millis() + offset;
        replies.ack(segment, sndNxt, rcvNxt, TimeWaitState.WINDOW, tsVal, tsRecent);
    }

    /** Lets go of entries whose 2 MSL are over, one batch of each family; how many. */
    int expire() {
        return expire(tables.timeWaitIpv4) + expire(tables.timeWaitIpv6);
    }

    /** As with frames, all lines of the index are touched before the first is taken out, so that the misses overlap. */
    private int expire(final TimeWaitTable table) {
        final int count = table.expired(clock.millis(), expired);
        if (count == 0) {
            return 0;
        }
        long read = 0;
        for (int i = 0; i < count; i++) {
            read += tables.index.touchAt(table.indexPosition(expired[i]));
        }
        touched = read;
        for (int i = 0; i < count; i++) {
            tables.removeTimeWait(expired[i]);
        }
        counters.add(Counter.TIME_WAIT_EXPIRED, count);
        return count;
    }

    /** The sum of what was touched; keeps the reads from being optimised away. */
    long touched() {
        return touched;
    }

    /* A connection in TIME_WAIT whose application has not taken all its bytes keeps its record. */

    /** Starts the 2 MSL of a connection that keeps its record. */
    void linger(final Tcb tcb, final ConnectionTimers timers) {
        timers.armLife(tcb, clock.millis() + config.timeWaitMs());
    }

    /** A segment to a connection that keeps its record; it is never reopened, nor is its RST heard. */
    void onLingeringSegment(final Tcb tcb, final Segment segment, final ConnectionTimers timers) {
        final int verdict = TimeWaitState.onSegment(
                segment, tcb.rcvNxt(), tcb.sndMax(), tcb.is(TcbFlags.TIMESTAMPS), tcb.tsRecent(), true);
        if (verdict == Verdict.DROP) {
            counters.increment(Counter.TCP_SEGMENTS_IGNORED);
        } else if (ChallengeAckLimiter.allows(tcb, clock.millis())) {
            counters.increment(Counter.CHALLENGE_ACKS);
            acknowledge(segment, tcb.sndMax(), tcb.rcvNxt(), tcb.is(TcbFlags.TIMESTAMPS), tcb.tsRecent());
        } else {
            counters.increment(Counter.CHALLENGE_ACKS_SKIPPED);
        }
        if (Verdict.has(verdict, Verdict.TIME_WAIT)) {
            linger(tcb, timers);
        }
    }
}
