package io.millrace.tcp.stream;

import io.millrace.memory.Memory;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.table.BulkLayout;
import io.millrace.tcp.table.BulkRecords;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.table.TcbModes;

/**
 * Where the peer's urgent data ends: RCV.UP of RFC 9293 §3.8.5. Urgent data stays in line (RFC 6093 §3.1); the application
 * only hears of it. Owned by the shard's thread; allocates nothing.
 */
public final class Urgent {
    private final BulkRecords bulk;
    private final ByteChain chain;

    /** For connections with these side records, and with receive queues in {@code chain}. */
    public Urgent(final BulkRecords bulk, final ByteChain chain) {
        this.bulk = bulk;
        this.chain = chain;
    }

    /**
     * An acceptable segment with URG has come, before its text is taken.
     *
     * @return whether the application is to be told: there was no urgent data to come, or its end has moved on (MUST-32).
     */
    public boolean advances(final Tcb tcb, final Segment segment) {
        final int end = segment.urgentEnd();
        final int pending = tcb.in(TcbModes.URGENT)
                ? Memory.getInt(bulk.of(tcb) + BulkLayout.URGENT_END_OFFSET)
                : firstNotTaken(tcb);
        if (!Sequence.after(end, Sequence.max(pending, firstNotTaken(tcb)))) {
            return false;
        }
        Memory.putInt(bulk.take(tcb) + BulkLayout.URGENT_END_OFFSET, end);
        tcb.enter(TcbModes.URGENT);
        return true;
    }

    /** Bytes from the first that the application has not taken to the end of the urgent data; 0 where there is none. */
    public int ahead(final Tcb tcb) {
        if (!tcb.in(TcbModes.URGENT)) {
            return 0;
        }
        final int ahead = Memory.getInt(bulk.of(tcb) + BulkLayout.URGENT_END_OFFSET) - firstNotTaken(tcb);
        if (ahead <= 0) {
            tcb.leave(TcbModes.URGENT);
        }
        return Math.max(ahead, 0);
    }

    private int firstNotTaken(final Tcb tcb) {
        return tcb.rcvNxt() - chain.length(tcb.address() + TcbLayout.RECEIVE_CHAIN_OFFSET);
    }
}
