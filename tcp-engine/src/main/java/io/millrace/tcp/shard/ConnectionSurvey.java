package io.millrace.tcp.shard;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.TcpConnectionFilter;
import io.millrace.tcp.TcpConnectionInfo;
import io.millrace.tcp.TcpConnectionInfo.Timer;
import io.millrace.tcp.TcpConnectionPage;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.stream.ByteChain;
import io.millrace.tcp.table.SynOptions;
import io.millrace.tcp.table.SynQueue;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.table.TimeWaitTable;
import io.millrace.tcp.timer.BurstClock;
import java.util.ArrayList;
import java.util.List;

/**
 * Shows what connections a shard has, a page at a time, to whoever asks: so few in each that the frames behind the question
 * hardly wait. The tables are walked one after the other, by slot; what comes, goes or changes tables between two pages may be
 * missed or seen twice. Owned by the shard's thread; allocates what it answers.
 */
final class ConnectionSurvey {
    /** A page looks at no more slots, each of which may be a cache miss. */
    private static final int LOOKS = 1_024;
    /** And shows no more connections. */
    private static final int ROWS = 128;

    private static final int TABLE_SHIFT = 32;
    private static final int CONNECTIONS = 0;
    private static final int HALF_OPEN = 1;
    private static final int TIME_WAIT_IPV4 = 2;
    private static final int TIME_WAIT_IPV6 = 3;
    private static final int NO_MORE = -1;

    private final ShardTables tables;
    private final Requests requests;
    private final ByteChain chain;
    private final BurstClock clock;
    private final Tcb tcb = new Tcb();

    ConnectionSurvey(final ShardTables tables, final Requests requests, final ByteChain chain, final BurstClock clock) {
        this.tables = tables;
        this.requests = requests;
        this.chain = chain;
        this.clock = clock;
    }

    /** A page; {@code from} is 0 at first, then what the last page said. */
    TcpConnectionPage page(final TcpConnectionFilter filter, final long from) {
        final List<TcpConnectionInfo> found = new ArrayList<>();
        int table = (int) (from >>> TABLE_SHIFT);
        int slot = (int) from;
        for (int looks = 0; looks < LOOKS && found.size() < ROWS && table <= TIME_WAIT_IPV6; looks++) {
            slot = slot < 0 ? NO_MORE : nextUsed(table, slot);
            if (slot == NO_MORE) {
                table++;
                slot = 0;
            } else {
                look(table, slot, filter, found);
                slot++;
            }
        }
        final boolean over = table > TIME_WAIT_IPV6 || table < CONNECTIONS;
        return new TcpConnectionPage(found, over ? TcpConnectionPage.END : (long) table << TABLE_SHIFT | slot);
    }

    /** The first slot from {@code slot} on that is, or was, in use; {@link #NO_MORE} if there is none. */
    private int nextUsed(final int table, final int slot) {
        return switch (table) {
            case CONNECTIONS -> slot < tables.connections.used() ? slot : NO_MORE;
            case HALF_OPEN -> slot < tables.synQueue.used() ? slot : NO_MORE;
            case TIME_WAIT_IPV4 -> tables.timeWaitIpv4.nextUsed(slot);
            case TIME_WAIT_IPV6 -> tables.timeWaitIpv6.nextUsed(slot);
            default -> NO_MORE;
        };
    }

    private void look(
            final int table, final int slot, final TcpConnectionFilter filter, final List<TcpConnectionInfo> found) {
        switch (table) {
            case CONNECTIONS -> {
                tcb.wrap(slot, tables.connections.address(slot));
                final TcpState state = tcb.state();
                if (state != TcpState.CLOSED && filter.wants(state, tcb.ports())) {
                    found.add(connection(state));
                }
            }
            case HALF_OPEN -> {
                if (tables.synQueue.isUsed(slot) && filter.wants(TcpState.SYN_RCVD, tables.synQueue.ports(slot))) {
                    found.add(halfOpen(slot));
                }
            }
            default -> {
                final TimeWaitTable timeWait = tables.timeWaitOf(slot);
                if (timeWait.isUsed(slot) && filter.wants(TcpState.TIME_WAIT, timeWait.ports(slot))) {
                    found.add(timeWait(timeWait, slot));
                }
            }
        }
    }

    private TcpConnectionInfo connection(final TcpState state) {
        final Timer timer = timer();
        final boolean scaled = tcb.is(TcbFlags.WINDOW_SCALE);
        return new TcpConnectionInfo(
                state,
                new IpAddress(tcb.localHi(), tcb.localLo()),
                tcb.localPort(),
                new IpAddress(tcb.remoteHi(), tcb.remoteLo()),
                tcb.remotePort(),
                requests.unread(tcb),
                sendQueue(state),
                timer,
                remaining(timer),
                tcb.retransmits(),
                tcb.rto(),
                tcb.srtt(),
                tcb.rttvar(),
                tcb.cwnd(),
                tcb.ssthresh(),
                tcb.mss(),
                tcb.sndWnd(),
                tcb.rcvWnd(),
                scaled ? tcb.sndWndShift() : -1,
                tcb.rcvWndShift(),
                tcb.is(TcbFlags.TIMESTAMPS),
                tcb.is(TcbFlags.SACK));
    }

    /** As Linux reckons it: a SYN or FIN that is not acknowledged counts for one. */
    private int sendQueue(final TcpState state) {
        final int text = chain.length(tcb.address() + TcbLayout.SEND_CHAIN_OFFSET);
        return switch (state) {
            case SYN_SENT, SYN_RCVD, FIN_WAIT_1, CLOSING, LAST_ACK -> text + 1;
            default -> text;
        };
    }

    private Timer timer() {
        if (tcb.is(TcbFlags.TIMER_RTO)) {
            return tcb.is(TcbFlags.PERSISTING) ? Timer.PERSIST : Timer.RETRANSMISSION;
        }
        if (tcb.is(TcbFlags.TIMER_KEEP_ALIVE)) {
            return Timer.KEEP_ALIVE;
        }
        return tcb.is(TcbFlags.TIMER_LIFE) ? Timer.END : Timer.NONE;
    }

    private int remaining(final Timer timer) {
        return switch (timer) {
            case NONE -> 0;
            case RETRANSMISSION, PERSIST -> Math.max(0, tcb.rtoDeadline() - clock.millis());
            case KEEP_ALIVE, END -> Math.max(0, tcb.lifeDeadline() - clock.millis());
        };
    }

    private TcpConnectionInfo halfOpen(final int slot) {
        final SynQueue queue = tables.synQueue;
        return TcpConnectionInfo.bare(
                TcpState.SYN_RCVD,
                local(queue.localAddress(slot)),
                new IpAddress(queue.remoteHi(slot), queue.remoteLo(slot)),
                queue.ports(slot),
                Timer.RETRANSMISSION,
                Math.max(0, queue.deadline(slot) - clock.millis()),
                queue.retransmissions(slot),
                SynOptions.timestamps(queue.options(slot)),
                SynOptions.sack(queue.options(slot)));
    }

    private TcpConnectionInfo timeWait(final TimeWaitTable table, final int slot) {
        return TcpConnectionInfo.bare(
                TcpState.TIME_WAIT,
                local(table.localAddress(slot)),
                new IpAddress(table.remoteHi(slot), table.remoteLo(slot)),
                table.ports(slot),
                Timer.END,
                Math.max(0, table.expiry(slot) - clock.millis()),
                0,
                (table.flags(slot) & TimeWaitTable.TIMESTAMPS) != 0,
                false);
    }

    private IpAddress local(final int number) {
        return new IpAddress(tables.localAddresses.hi(number), tables.localAddresses.lo(number));
    }
}
