package io.millrace.tcp.state;

import io.millrace.tcp.TcpState;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbModes;

/** RFC 9293 §3.10.7.3: a segment to a connection whose SYN is out. */
public final class SynSentState {
    private SynSentState() {}

    /**
     * Judges the segment.
     *
     * <p>On {@link Verdict#OPENED} or {@link Verdict#SYN_ACK} the peer's options are in effect and RCV.NXT is set; text
     * the SYN carried, and a FIN behind it, are not taken, the peer sends them again.
     */
    public static int onSegment(final Tcb tcb, final Segment segment, final int nowMs, final Transition transitions) {
        // First, check the ACK bit.
        if (segment.isAck() && !isOurSynAcknowledged(tcb, segment)) {
            return segment.isRst() ? Verdict.IGNORED : Verdict.RESET_SEGMENT;
        }
        // Second, check the RST bit: without an acceptable ACK it may be blind, RFC 5961 §3.2.
        if (segment.isRst()) {
            return segment.isAck() ? Verdict.REFUSED : Verdict.IGNORED;
        }
        // Fourth, check the SYN bit. A FIN along with it makes no sense, but to a peer that answers and has nothing to
        // say.
        if (!segment.isSyn() || segment.isFin() && !segment.isAck()) {
            return Verdict.IGNORED;
        }
        takeSyn(tcb, segment, nowMs);
        if (!segment.isAck()) {
            // Simultaneous open, §3.5 figure 7.
            transitions.to(tcb, TcpState.SYN_RCVD);
            return Verdict.SYN_ACK;
        }
        segment.acked(1);
        tcb.sndUna(segment.ack());
        tcb.sndNxt(segment.ack());
        transitions.to(tcb, TcpState.ESTABLISHED);
        return Verdict.OPENED | Verdict.ACK;
    }

    private static boolean isOurSynAcknowledged(final Tcb tcb, final Segment segment) {
        return Sequence.after(segment.ack(), tcb.iss()) && Sequence.atOrBefore(segment.ack(), tcb.sndMax());
    }

    private static void takeSyn(final Tcb tcb, final Segment segment, final int nowMs) {
        tcb.irs(segment.seq());
        tcb.rcvNxt(segment.seq() + 1);
        tcb.rcvAdv(tcb.rcvNxt() + tcb.rcvAdv()); // until now it held the window of our SYN
        Negotiation.peerOptions(tcb, segment.options(), nowMs);
        if (!(segment.isAck() ? segment.agreesOnEcn() : segment.offersEcn())) {
            tcb.leave(TcbModes.ECN);
        }
        // RFC 7323 §2.2: the window of a SYN is never scaled.
        tcb.sndWnd(segment.window());
        tcb.maxSndWnd(segment.window());
        tcb.sndWl1(segment.seq());
        tcb.sndWl2(segment.isAck() ? segment.ack() : tcb.iss());
    }
}
