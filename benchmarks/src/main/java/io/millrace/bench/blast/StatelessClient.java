package io.millrace.bench.blast;

import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.TxQueue;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dataplane.wire.TcpHeader;
import io.millrace.dpdk.Mbuf;

/**
 * Clients that remember nothing: each segment of the server's is answered by what it says itself, in the frame that brought it,
 * so that the server does all that a connection takes and this side next to nothing. A SYN-ACK is acknowledged; the server's
 * FIN is answered by ours, and the acknowledgment of that completes the connection. A lost SYN is not sent again, and is a
 * connection that never was; all that comes later the server repeats, and gets the same answer again.
 *
 * <p>One thread; allocates its burst when it is made.
 */
public final class StatelessClient implements AutoCloseable {
    private static final int IP = EthernetHeader.LENGTH;
    private static final int TIME_TO_LIVE = 64;
    private static final int WINDOW = 64_240;
    /** A connection whose SYN has left for so long is lost, for the count of those under way. */
    private static final long PATIENCE_NANOS = 1_000_000_000L;

    private final OwnFlows flows;
    private final SynFrames syns;
    private final BlastCounts counts;
    private final FrameAllocator frames;
    private final FrameBurst answers;
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header ipv4Header = new Ipv4Header();
    private final Ipv6Header ipv6Header = new Ipv6Header();
    private final TcpHeader tcp = new TcpHeader();
    private long lost;
    private long sentBefore;
    private long lookedAt;

    /**
     * Answers what comes to flows.
     *
     * @param most answers that wait for room on the link; those beyond are lost, as the server will repeat what they answer.
     */
    StatelessClient(
            final OwnFlows flows,
            final SynFrames syns,
            final BlastCounts counts,
            final FrameAllocator frames,
            final int most) {
        this.flows = flows;
        this.syns = syns;
        this.counts = counts;
        this.frames = frames;
        answers = new FrameBurst(most);
    }

    /** Takes what is ours from a burst, and leaves the rest in it; how much is left. */
    int take(final FrameBurst burst) {
        final int received = burst.size();
        burst.clear();
        for (int i = 0; i < received; i++) {
            final long mbuf = burst.get(i);
            if (!isOurs(mbuf)) {
                burst.add(mbuf);
            } else if (answer(Mbuf.dataAddress(mbuf)) && !answers.isFull()) {
                Mbuf.resetForTransmit(mbuf);
                Mbuf.length(mbuf, syns.tcpOffset() + TcpHeader.MIN_LENGTH);
                answers.add(mbuf);
            } else {
                frames.free(mbuf);
            }
        }
        return burst.size();
    }

    /** Sends the answers; whether all have left. */
    boolean send(final TxQueue tx) {
        if (!answers.isEmpty()) {
            tx.transmit(answers);
        }
        return answers.isEmpty();
    }

    /** Connections under way: those whose SYN has left and that have neither ended nor got lost since. */
    long underWay(final long now) {
        final long over = counts.closes() + counts.resets();
        if (now - lookedAt >= PATIENCE_NANOS) {
            // of those that had begun a second ago all should be over by now
            lost = Math.max(lost, sentBefore - over);
            sentBefore = counts.sent();
            lookedAt = now;
        }
        return counts.sent() - over - lost;
    }

    private boolean isOurs(final long mbuf) {
        final long frame = Mbuf.dataAddress(mbuf);
        if (Mbuf.dataLength(mbuf) < syns.tcpOffset() + TcpHeader.MIN_LENGTH) {
            return false;
        }
        final int type = ethernet.wrap(frame).etherType();
        if (syns.isIpv6()) {
            return type == EtherType.IPV6
                    && ipv6Header.wrap(frame + IP).nextHeader() == IpProtocol.TCP
                    && flows.has(ipv6Header.destinationHi(), ipv6Header.destinationLo());
        }
        return type == EtherType.IPV4
                && ipv4Header.wrap(frame + IP).protocol() == IpProtocol.TCP
                && ipv4Header.headerLength() == Ipv4Header.MIN_LENGTH
                && flows.has(0, IpAddress.lowWord(ipv4Header.destination()));
    }

    /** Makes the answer of a segment in its place; false where it needs none. */
    private boolean answer(final long frame) {
        tcp.wrap(frame + syns.tcpOffset());
        final int flags = tcp.flags() & (TcpFlags.SYN | TcpFlags.FIN | TcpFlags.RST | TcpFlags.ACK);
        if ((flags & TcpFlags.RST) != 0) {
            counts.reset();
            return false;
        }
        if (flags == (TcpFlags.SYN | TcpFlags.ACK)) {
            counts.opened();
            write(frame, TcpFlags.ACK, 1);
            return true;
        }
        if ((flags & TcpFlags.FIN) != 0) {
            write(frame, TcpFlags.FIN | TcpFlags.ACK, text(frame) + 1);
            return true;
        }
        if (flags == TcpFlags.ACK && text(frame) == 0) {
            counts.closed();
        }
        return false;
    }

    private int text(final long frame) {
        final int packet = syns.isIpv6()
                ? Ipv6Header.LENGTH + ipv6Header.wrap(frame + IP).payloadLength()
                : ipv4Header.wrap(frame + IP).totalLength();
        return packet + IP - syns.tcpOffset() - tcp.dataOffset();
    }

    private void write(final long frame, final int flags, final int taken) {
        final int ours = tcp.destinationPort();
        final int theirs = tcp.sourcePort();
        final int sequence = tcp.acknowledgmentNumber();
        final int acknowledgment = tcp.sequenceNumber() + taken;
        final long pseudo = turnRound(frame);
        syns.writeEthernet(frame);
        tcp.sourcePort(ours)
                .destinationPort(theirs)
                .sequenceNumber(sequence)
                .acknowledgmentNumber(acknowledgment)
                .dataOffset(TcpHeader.MIN_LENGTH)
                .flags(flags)
                .window(WINDOW)
                .checksum(0)
                .urgentPointer(0);
        tcp.checksum(
                InternetChecksum.checksum(pseudo + InternetChecksum.sumOfHeader(tcp.address(), TcpHeader.MIN_LENGTH)));
    }

    /** Writes the IP header of an answer over that of the segment; the sum of its pseudo header. */
    private long turnRound(final long frame) {
        if (syns.isIpv6()) {
            ipv6Header.wrap(frame + IP);
            final long hi = ipv6Header.destinationHi();
            final long lo = ipv6Header.destinationLo();
            ipv6Header
                    .initialize(TcpHeader.MIN_LENGTH, IpProtocol.TCP, TIME_TO_LIVE)
                    .source(hi, lo)
                    .destination(syns.server().hi(), syns.server().lo());
            return InternetChecksum.pseudoHeaderIpv6(
                    hi, lo, syns.server().hi(), syns.server().lo(), IpProtocol.TCP, TcpHeader.MIN_LENGTH);
        }
        final int source = ipv4Header.wrap(frame + IP).destination();
        final int server = (int) syns.server().lo();
        ipv4Header.initialize(
                Ipv4Header.MIN_LENGTH + TcpHeader.MIN_LENGTH, IpProtocol.TCP, TIME_TO_LIVE, source, server);
        return InternetChecksum.pseudoHeader(source, server, IpProtocol.TCP, TcpHeader.MIN_LENGTH);
    }

    /** Frees the answers that have not left. */
    @Override
    public void close() {
        for (int i = 0; i < answers.size(); i++) {
            frames.free(answers.get(i));
        }
        answers.close();
    }
}
