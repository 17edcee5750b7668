package io.millrace.tcp.stream;

import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.egress.NextHops;
import io.millrace.tcp.egress.OptionWriter;
import io.millrace.tcp.egress.SegmentWriter;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.table.TcbModes;
import io.millrace.tcp.timer.BurstClock;

/**
 * Puts a connection's segments together, as its record stands, and sends them; when and which is for others to decide. One
 * instance a shard, owned by its thread; allocates nothing.
 */
final class SegmentSender {
    private final SegmentWriter writer;
    private final NextHops nextHops;
    private final ByteChain chain;
    private final SackBlocks sackBlocks;
    private final ReceiveWindow receiveWindow;
    private final BurstClock clock;
    private final Registry<ConnectionOptions> options;

    SegmentSender(
            final SegmentWriter writer,
            final NextHops nextHops,
            final ByteChain chain,
            final SackBlocks sackBlocks,
            final ReceiveWindow receiveWindow,
            final BurstClock clock,
            final Registry<ConnectionOptions> options) {
        this.writer = writer;
        this.nextHops = nextHops;
        this.chain = chain;
        this.sackBlocks = sackBlocks;
        this.receiveWindow = receiveWindow;
        this.clock = clock;
        this.options = options;
    }

    /** Most bytes of text in one segment. */
    static int maxText(final Tcb tcb) {
        return tcb.mss() - (tcb.is(TcbFlags.TIMESTAMPS) ? OptionWriter.TIMESTAMPS_LENGTH : 0);
    }

    /**
     * Sends one segment of a connection past its SYN; every one of them acknowledges.
     *
     * @param seq its sequence number; its text is that many bytes into the send queue as this lies behind SND.UNA.
     * @return false if there is no frame for it.
     */
    boolean send(final Tcb tcb, final int seq, final int text, final int flags) {
        if (!writer.begin(tcb.devicePort(), tcb.is(TcbFlags.IPV6))) {
            return false;
        }
        final long at = writer.optionsAddress();
        int length = 0;
        if (tcb.is(TcbFlags.TIMESTAMPS)) {
            length = OptionWriter.timestamps(at, clock.millis() + tcb.tsOffset(), tcb.tsRecent());
        }
        if (text == 0 && tcb.is(TcbFlags.SACK)) {
            length += sackBlocks.write(tcb, at + length);
        }
        final int maxText = maxText(tcb);
        if (text > maxText) {
            writer.cutInto(maxText);
            if (!copyLarge(tcb, seq - tcb.sndUna(), at, length, text)) {
                return false;
            }
        } else if (text > 0) {
            chain.copyOut(sendChain(tcb), seq - tcb.sndUna(), at + length, text);
        }
        final int marked = tcb.in(TcbModes.ECN) ? Ecn.mark(tcb, writer, seq, text, flags) : flags;
        write(tcb, seq, tcb.rcvNxt(), marked, receiveWindow.advertise(tcb), length, text);
        tcb.lastAckSent(tcb.rcvNxt());
        tcb.unreadSinceAck(0);
        tcb.clear(TcbFlags.ACK_NOW | TcbFlags.TIMER_ACK);
        return true;
    }

    /** Text of a segment that the port cuts: in as many mbufs as it needs. False if there are too few. */
    private boolean copyLarge(final Tcb tcb, final int offset, final long at, final int options, final int text) {
        int copied = Math.min(text, writer.roomInFirst(options));
        chain.copyOut(sendChain(tcb), offset, at + options, copied);
        while (copied < text) {
            final int step = Math.min(text - copied, writer.roomInNext());
            final long more = writer.extend(step);
            if (more == 0) {
                return false;
            }
            chain.copyOut(sendChain(tcb), offset + copied, more, step);
            copied += step;
        }
        return true;
    }

    /**
     * How much of {@code available} bytes, at least a full segment, may go at once: as many full segments as the port cuts by
     * itself, or one. A reduced window is told by one segment alone (RFC 3168 §6.1.2).
     */
    int largeText(final Tcb tcb, final int available) {
        final int maxText = maxText(tcb);
        final int options = tcb.is(TcbFlags.TIMESTAMPS) ? OptionWriter.TIMESTAMPS_LENGTH : 0;
        final int most = Math.min(available, writer.largestText(tcb.devicePort(), tcb.is(TcbFlags.IPV6), options));
        return most < 2 * maxText || tcb.in(TcbModes.CWR_DUE) ? maxText : most - most % maxText;
    }

    /**
     * Whether the acknowledgment that is due tells of something missing. It then goes by itself: only a bare one has room
     * for SACK blocks, and counts as a duplicate (RFC 5681 §2).
     */
    boolean owesReport(final Tcb tcb) {
        return tcb.is(TcbFlags.ACK_NOW) && sackBlocks.hasNews(tcb);
    }

    /** Sends the SYN of an active open, or its SYN-ACK in a simultaneous open. */
    void sendSyn(final Tcb tcb) {
        final boolean synAck = tcb.stateOrdinal() == TcpState.SYN_RCVD.ordinal();
        if (writer.begin(tcb.devicePort(), tcb.is(TcbFlags.IPV6))) {
            write(
                    tcb,
                    tcb.iss(),
                    synAck ? tcb.rcvNxt() : 0,
                    synFlags(tcb, synAck),
                    options.get(tcb.options()).synWindow(),
                    synOptions(tcb, writer.optionsAddress()),
                    0);
        }
        tcb.clear(TcbFlags.ACK_NOW);
    }

    /** RFC 3168 §6.1.1; §6.1.1.1 has a SYN that was not answered sent again without ECN, for those whom it offends. */
    private static int synFlags(final Tcb tcb, final boolean synAck) {
        if (synAck) {
            return TcpFlags.SYN | TcpFlags.ACK | (tcb.in(TcbModes.ECN) ? TcpFlags.ECE : 0);
        }
        if (tcb.retransmits() > 0) {
            tcb.leave(TcbModes.ECN);
        }
        return TcpFlags.SYN | (tcb.in(TcbModes.ECN) ? TcpFlags.ECE | TcpFlags.CWR : 0);
    }

    private int synOptions(final Tcb tcb, final long at) {
        int length = OptionWriter.mss(at, options.get(tcb.options()).announcedMss(writer.maxMss()));
        if (tcb.is(TcbFlags.TIMESTAMPS)) {
            final int tsVal = clock.millis() + tcb.tsOffset();
            final int tsEcr = tcb.stateOrdinal() == TcpState.SYN_RCVD.ordinal() ? tcb.tsRecent() : 0;
            length += tcb.is(TcbFlags.SACK)
                    ? OptionWriter.sackPermittedAndTimestamps(at + length, tsVal, tsEcr)
                    : OptionWriter.timestamps(at + length, tsVal, tsEcr);
        } else if (tcb.is(TcbFlags.SACK)) {
            length += OptionWriter.sackPermitted(at + length);
        }
        if (tcb.is(TcbFlags.WINDOW_SCALE)) {
            length += OptionWriter.windowScale(at + length, tcb.rcvWndShift());
        }
        return length;
    }

    /** RFC 9293 §3.10.5: {@code <SEQ=SND.NXT><CTL=RST>}; it also acknowledges, as every large stack's does. */
    void sendReset(final Tcb tcb) {
        if (writer.begin(tcb.devicePort(), tcb.is(TcbFlags.IPV6))) {
            write(tcb, tcb.sndMax(), tcb.rcvNxt(), TcpFlags.RST | TcpFlags.ACK, 0, 0, 0);
        }
    }

    private void write(
            final Tcb tcb,
            final int seq,
            final int ack,
            final int flags,
            final int window,
            final int optionsLength,
            final int text) {
        writer.send(
                nextHop(tcb),
                tcb.localHi(),
                tcb.localLo(),
                tcb.remoteHi(),
                tcb.remoteLo(),
                tcb.ports(),
                seq,
                ack,
                flags,
                window,
                optionsLength,
                text);
    }

    /** The next hop's Ethernet address as the connection knows it; asked for while it does not. */
    long nextHop(final Tcb tcb) {
        long mac = tcb.nextHopMac();
        if (mac == 0) {
            mac = nextHops.find(tcb.devicePort(), tcb.remoteHi(), tcb.remoteLo());
            tcb.nextHopMac(mac);
        }
        return mac;
    }

    static long sendChain(final Tcb tcb) {
        return tcb.address() + TcbLayout.SEND_CHAIN_OFFSET;
    }
}
