package io.millrace.tcp.shard;

import io.millrace.tcp.TcpState;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.state.Verdict;
import io.millrace.tcp.stream.Receiver;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/**
 * The connection whose output waits for its next segment of the same burst; there is one at most. So segments that came
 * together are answered together, as if they had come as one: what generic receive offload does to a kernel's TCP, RFC 9293
 * §3.8.6.3. It never waits beyond the burst. Owned by the shard's thread; allocates nothing.
 */
final class HeldOutput {
    /** So many are answered by the next one: slow start counts no more segments of an acknowledgment, RFC 9406 §4.2. */
    static final int MOST = 7;

    /** Verdicts on segments that nothing is special about. */
    private static final int ORDINARY = Verdict.ACKED | Verdict.TEXT;

    private static final int HURRIED =
            TcbFlags.IN_RECOVERY | TcbFlags.PERSISTING | TcbFlags.ABORTED | TcbFlags.FIN_QUEUED | TcbFlags.WATCHED;

    private int slot = RecordSlab.NONE;
    private int segments;
    private int acked;
    private boolean more;

    /** Forgets which connection it is; its slot, or {@link RecordSlab#NONE}. */
    int take() {
        final int taken = slot;
        forget();
        return taken;
    }

    /** Whether it is another connection than the one in {@code other}. */
    boolean isOther(final int other) {
        return slot != RecordSlab.NONE && slot != other;
    }

    /** A segment to the connection in {@code to} is processed; whether the burst's next frame seems to be for the same one. */
    void begin(final int to, final boolean hasMore) {
        if (slot != to) {
            forget();
        }
        slot = RecordSlab.NONE;
        more = hasMore;
    }

    /** Bytes that the segments before this one have acknowledged, and in whose place nothing was sent yet. */
    int acked() {
        return acked;
    }

    /** Whether the segment's connection may wait; it is the one that does then. */
    boolean holds(final Tcb tcb, final Segment segment, final int verdict, final Receiver receiver) {
        if (!more
                || (verdict & ~ORDINARY) != 0
                || segments == MOST
                || tcb.stateOrdinal() != TcpState.ESTABLISHED.ordinal()
                || tcb.is(HURRIED)
                || !receiver.mayWait(tcb)) {
            forget();
            return false;
        }
        segments++;
        acked += segment.acked();
        slot = tcb.slot();
        return true;
    }

    private void forget() {
        slot = RecordSlab.NONE;
        segments = 0;
        acked = 0;
    }
}
