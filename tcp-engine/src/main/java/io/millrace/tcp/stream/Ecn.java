package io.millrace.tcp.stream;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.tcp.egress.SegmentWriter;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbModes;

/**
 * Explicit congestion notification, RFC 3168 §6.1, of connections whose SYNs agreed on it: marks what may be marked, echoes
 * the network's marks to the peer, and hears his echoes. Owned by the shard's thread; allocates nothing.
 */
public final class Ecn {
    private final CongestionWindow congestion;
    private final CounterBlock counters;

    /** Reduces windows of {@code congestion}. */
    public Ecn(final CongestionWindow congestion, final CounterBlock counters) {
        this.congestion = congestion;
        this.counters = counters;
    }

    /** The control bits of a segment about to be sent, text or not, and in {@code writer} its codepoint. */
    static int mark(final Tcb tcb, final SegmentWriter writer, final int seq, final int text, final int flags) {
        int marked = tcb.in(TcbModes.ECN_ECHO) ? flags | TcpFlags.ECE : flags;
        // §6.1.4 to §6.1.6: neither acknowledgments, nor what is sent again, nor probes of a closed window.
        if (text > 0 && Sequence.atOrAfter(seq, tcb.sndMax()) && !tcb.is(TcbFlags.PERSISTING)) {
            writer.ecnCapable();
            if (tcb.in(TcbModes.CWR_DUE)) {
                tcb.leave(TcbModes.CWR_DUE);
                marked |= TcpFlags.CWR;
            }
        }
        return marked;
    }

    /** Text within the window has come: §6.1.3, a mark is echoed until the peer says that it has reduced its window. */
    public void onText(final Tcb tcb, final Segment segment) {
        if (!tcb.in(TcbModes.ECN)) {
            return;
        }
        if ((segment.flags() & TcpFlags.CWR) != 0) {
            tcb.leave(TcbModes.ECN_ECHO);
        }
        if (segment.isCongestionExperienced()) {
            counters.increment(Counter.ECN_MARKS_RECEIVED);
            if (!tcb.in(TcbModes.ECN_ECHO)) {
                tcb.enter(TcbModes.ECN_ECHO);
                tcb.set(TcbFlags.ACK_NOW); // the sooner the peer knows
            }
        }
    }

    /** An acceptable acknowledgment has come, after whatever it acknowledges was taken: §6.1.2, it may echo a mark. */
    public void onAcknowledgment(final Tcb tcb, final Segment segment) {
        if (tcb.in(TcbModes.ECN)
                && (segment.flags() & (TcpFlags.ECE | TcpFlags.SYN)) == TcpFlags.ECE
                && congestion.onEcnEcho(tcb, segment.acked())) {
            counters.increment(Counter.ECN_REDUCTIONS);
        }
    }
}
