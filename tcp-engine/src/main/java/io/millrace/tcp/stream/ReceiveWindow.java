package io.millrace.tcp.stream;

import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbLayout;

/** The window we offer: RFC 9293 §3.8.6, with silly-window avoidance of §3.8.6.2.2. Stateless but for its settings. */
public final class ReceiveWindow {
    private static final int MAX_FIELD = 0xffff;

    private final ByteChain chain;
    private final ReceiveTuning tuning;

    /** For receive queues in {@code chain}, of the size that {@code tuning} gives them. */
    public ReceiveWindow(final ByteChain chain, final ReceiveTuning tuning) {
        this.chain = chain;
        this.tuning = tuning;
    }

    /** The shift that lets a 16-bit field offer the whole receive buffer, RFC 7323 §2.3: 0 to 14. */
    public static int shiftFor(final int bufferBytes) {
        int shift = 0;
        while (shift < 14 && bufferBytes >>> shift > MAX_FIELD) {
            shift++;
        }
        return shift;
    }

    /** Moves the right edge as far as it may go, and gives the window field. */
    int advertise(final Tcb tcb) {
        final int buffer = tuning.buffer(tcb);
        final int edge = tcb.rcvNxt() + room(tcb, buffer);
        if (edge - tcb.rcvAdv() >= worthwhile(tcb, buffer)) {
            tcb.rcvAdv(edge);
        }
        return Math.min(MAX_FIELD, tcb.rcvWnd() >>> tcb.rcvWndShift());
    }

    /** Whether the window has opened far enough since it was offered last that the peer should hear of it. */
    boolean deservesUpdate(final Tcb tcb) {
        final int buffer = tuning.buffer(tcb);
        return tcb.rcvNxt() + room(tcb, buffer) - tcb.rcvAdv() >= 2 * worthwhile(tcb, buffer);
    }

    private int room(final Tcb tcb, final int buffer) {
        final int free = buffer - chain.length(tcb.address() + TcbLayout.RECEIVE_CHAIN_OFFSET);
        return Math.max(0, Math.min(free, MAX_FIELD << tcb.rcvWndShift()));
    }

    /** The right edge moves by a full segment or half the buffer, not by less. */
    private static int worthwhile(final Tcb tcb, final int buffer) {
        return Math.min(tcb.mss(), Math.max(1, buffer / 2));
    }
}
