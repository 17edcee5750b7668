package io.millrace.tcp.stream;

import io.millrace.memory.Memory;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.table.BulkLayout;
import io.millrace.tcp.table.BulkRecords;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.timer.BurstClock;
import io.millrace.tcp.timer.ConnectionTimers;

/**
 * Spreads new text over the round trip, at Linux's pace: twice the window each round trip while slow start is far from its
 * end, 1.2 times the window otherwise. A queue on the path then has to hold what comes too fast for it, rather than all that
 * the window admits at once. What is sent again goes in proportion to what arrives (RFC 9937), and is not held back.
 *
 * <p>In pieces of a millisecond's worth, as that is what the wheel tells apart. So it begins where a round trip has several of
 * them; on shorter paths acknowledgments alone pace. Remembers one number a connection: until when all that was sent would
 * have left at the pace. Owned by the shard's thread; allocates nothing.
 */
public final class Pacer {
    /** Nothing holds the connection back. */
    static final int UNBOUND = Integer.MAX_VALUE;

    /** The shortest path that is paced, µs. */
    private static final int SHORTEST_PATH = 2_000;
    /** So far ahead of the pace a connection may be, µs. */
    private static final int PIECE = 1_000;
    /** Segments that may leave at once however slow the pace: as many as are acknowledged at once. */
    private static final int SMALLEST_PIECE = 2;
    /** The lowest bit of that number: more would leave but for the pace. */
    private static final int HOLDS = 1;

    private final Registry<ConnectionOptions> options;
    private final BulkRecords bulk;
    private final ConnectionTimers timers;
    private final BurstClock clock;

    /** For connections with these options, side records and timers. */
    public Pacer(
            final Registry<ConnectionOptions> options,
            final BulkRecords bulk,
            final ConnectionTimers timers,
            final BurstClock clock) {
        this.options = options;
        this.bulk = bulk;
        this.timers = timers;
        this.clock = clock;
    }

    /** Bytes of new text that may leave now: {@link #UNBOUND}, none, or at least a segment. */
    int budget(final Tcb tcb) {
        if (!isPaced(tcb)) {
            return UNBOUND;
        }
        final int ahead = ahead(tcb);
        if (ahead >= PIECE) {
            return 0;
        }
        final long worth = (PIECE - ahead) * bytesInRoundTrip(tcb) / tcb.srtt();
        return (int) Math.min(Math.max(worth, SMALLEST_PIECE * SegmentSender.maxText(tcb)), UNBOUND - 1);
    }

    /** Not where the path is short, nor a window that may leave at once when the connection opens. */
    private boolean isPaced(final Tcb tcb) {
        return Math.min(tcb.minRtt(), tcb.srtt()) >= SHORTEST_PATH
                && tcb.cwnd() > CongestionWindow.initialWindow(tcb)
                && options.get(tcb.options()).pacing();
    }

    private static long bytesInRoundTrip(final Tcb tcb) {
        final long window = Math.max(tcb.cwnd(), tcb.sndMax() - tcb.sndUna());
        return tcb.cwnd() < tcb.ssthresh() / 2 ? 2 * window : window + window / 5;
    }

    /** By how much what was sent is ahead of the pace, µs. */
    private int ahead(final Tcb tcb) {
        final long at = bulk.of(tcb);
        if (at == 0) {
            return 0;
        }
        final int ahead = Memory.getInt(at + BulkLayout.PACED_UNTIL_OFFSET) - clock.micros();
        return ahead > tcb.srtt() + PIECE ? 0 : Math.max(0, ahead); // more than that is long ago: the clock has wrapped
    }

    /**
     * New text has had its output, of which so many bytes have left.
     *
     * @param budget what {@link #budget} was.
     * @param holds whether only the pace keeps more from leaving: then the connection has its output again when it may go on.
     */
    void onOutput(final Tcb tcb, final int budget, final int sent, final boolean holds) {
        if (budget == UNBOUND) {
            final long at = tcb.minRtt() < SHORTEST_PATH ? 0 : bulk.of(tcb);
            if (holds(at)) {
                Memory.putInt(at + BulkLayout.PACED_UNTIL_OFFSET, clock.micros() & ~HOLDS);
            }
            return;
        }
        final int ahead = ahead(tcb) + (int) (sent * (long) tcb.srtt() / bytesInRoundTrip(tcb));
        final int until = clock.micros() + ahead & ~HOLDS;
        Memory.putInt(bulk.take(tcb) + BulkLayout.PACED_UNTIL_OFFSET, holds ? until | HOLDS : until);
        if (holds) {
            timers.lookBy(tcb, clock.millis() + 1 + Math.max(0, ahead - PIECE) / 1_000);
        }
    }

    /** Whether the pace keeps back text that the window admits, by the side record at {@code at}; 0 for none. */
    static boolean holds(final long at) {
        return at != 0 && (Memory.getInt(at + BulkLayout.PACED_UNTIL_OFFSET) & HOLDS) != 0;
    }
}
