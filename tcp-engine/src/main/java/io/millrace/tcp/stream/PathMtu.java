package io.millrace.tcp.stream;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.memory.Memory;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.table.BulkLayout;
import io.millrace.tcp.table.BulkRecords;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbModes;
import io.millrace.tcp.timer.BurstClock;

/**
 * What becomes of segment sizes that were lowered, and that should be though no router says so. Owned by the shard's thread;
 * allocates nothing.
 */
public final class PathMtu {
    /** RFC 1191 §6.3, RFC 8201 §4, RFC 8899 §5.1.1: the path may have changed after ten minutes. */
    private static final int RAISE_AFTER_S = 600;
    /** Time-outs in a row of full-sized segments until routers are suspected of dropping them silently. */
    private static final int SUSPICIOUS_TIMEOUTS = 3;
    /** RFC 8899 §5.1.2, BASE_PLPMTU: what nearly every path takes, and every path of IPv6, less the headers. */
    private static final int BASE_MSS = 1_220;
    /** RFC 9293 §3.7.1: what every path of IPv4 should take. */
    private static final int LEAST_MSS_IPV4 = 536;

    private final BulkRecords bulk;
    private final BurstClock clock;
    private final CounterBlock counters;

    /** For connections with these side records. */
    public PathMtu(final BulkRecords bulk, final BurstClock clock, final CounterBlock counters) {
        this.bulk = bulk;
        this.clock = clock;
        this.counters = counters;
    }

    /** The connection's segments become smaller than they are now: remembers to try again. */
    void onLowered(final Tcb tcb) {
        if (tcb.stateOrdinal() < TcpState.ESTABLISHED.ordinal()) {
            return; // what the peer takes is not known yet
        }
        final long at = bulk.take(tcb);
        if (!tcb.in(TcbModes.MTU_LOWERED)) {
            Memory.putShort(at + BulkLayout.MSS_BEFORE_OFFSET, tcb.mss());
            tcb.enter(TcbModes.MTU_LOWERED);
        }
        Memory.putShort(at + BulkLayout.MSS_LOWERED_OFFSET, seconds());
    }

    /** Text was acknowledged: after ten minutes segments are as large again as they were. */
    void onAcked(final Tcb tcb) {
        if (!tcb.in(TcbModes.MTU_LOWERED)) {
            return;
        }
        final long at = bulk.of(tcb);
        final int since = Memory.getUnsignedShort(at + BulkLayout.MSS_LOWERED_OFFSET);
        if ((seconds() - since & 0xffff) >= RAISE_AFTER_S) {
            tcb.mss(Memory.getUnsignedShort(at + BulkLayout.MSS_BEFORE_OFFSET));
            tcb.leave(TcbModes.MTU_LOWERED | TcbModes.SIZE_PROVEN);
            counters.increment(Counter.PATH_MTU_RAISED);
        }
    }

    /**
     * A time-out has been counted. RFC 4821 §7.7: where full-sized segments are lost again and again, their size may be why.
     *
     * @return the size to try instead, or 0.
     */
    int onTimeout(final Tcb tcb) {
        final int timeouts = tcb.retransmits();
        final int smaller = timeouts == SUSPICIOUS_TIMEOUTS
                ? BASE_MSS
                : timeouts == 2 * SUSPICIOUS_TIMEOUTS && !tcb.is(TcbFlags.IPV6) ? LEAST_MSS_IPV4 : 0;
        // A segment that is small enough already is lost for another reason.
        if (smaller == 0 || tcb.mss() <= smaller || tcb.sndMax() - tcb.sndUna() <= smaller) {
            return 0;
        }
        counters.increment(Counter.PATH_MTU_BLACK_HOLES);
        return smaller;
    }

    private int seconds() {
        return clock.millis() / 1_000 & 0xffff;
    }
}
