package io.millrace.tcp.egress;

import io.millrace.dataplane.core.ShardPort;
import io.millrace.dataplane.core.ShardPorts;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.PortFrames;
import io.millrace.dataplane.port.TransmitChecksum;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufLayout;
import io.millrace.memory.Memory;
import io.millrace.tcp.isn.FlowHash;

/**
 * Writes segments into frames and hands them to the sink.
 *
 * <p>The frame that brought the segment being processed is lent to the writer; the first segment written in answer is
 * written over it, so that question and answer share one buffer and its warm cache lines. Further segments take fresh
 * frames. Use: {@link #begin}, then options and text at {@link #optionsAddress()}, then {@link #send}. Owned by the
 * shard's thread; allocates nothing.
 */
public final class SegmentWriter {
    private static final int ETHERNET_LENGTH = 14;
    private static final int IPV4_LENGTH = 20;
    private static final int IPV6_LENGTH = 40;
    private static final int TCP_LENGTH = 20;
    private static final int MAX_MSS = 0xffff;
    private static final long LOW = 0xffff_ffffL;
    private static final int IPV4_VERSION_AND_LENGTH = 0x4500_0000;
    /** Identification 0 and Don't Fragment: an atomic datagram, RFC 6864 §4. */
    private static final int DONT_FRAGMENT = 0x4000;

    private static final int HOP_LIMIT = 64;
    private static final int TTL_AND_PROTOCOL = HOP_LIMIT << 24 | IpProtocol.TCP << 16;
    /** Sum of the IPv4 header's words that never change; a long, as it is more than 31 bits. */
    private static final long IPV4_FIXED_WORDS = (long) IPV4_VERSION_AND_LENGTH + DONT_FRAGMENT + TTL_AND_PROTOCOL;

    /**
     * Text up to which the sums are made here whatever the port could do: to ask for them takes longer. The pseudo header is
     * summed all the same, for some drivers twice, and virtual devices parse the headers at both ends.
     */
    private static final int SHORT_TEXT = 128;

    /** RFC 3168 §5: the codepoint ECT(0), the low bits of the traffic class. */
    private static final int ECT_0 = 2;

    private static final int IPV6_VERSION = 6 << 28;
    private static final int NEXT_HEADER_AND_HOP_LIMIT = IpProtocol.TCP << 8 | HOP_LIMIT;
    /** A hash shifted so far right is a flow label of 20 bits. */
    private static final int FLOW_LABEL_SHIFT = 12;

    private final ShardPorts shardPorts;
    private final PortFrames frames;
    private final CounterBlock counters;
    private final NextHops nextHops;
    private final FlowHash flowLabels;

    private long lent;
    private boolean lentWritable;
    /** The port the segment begun leaves by. */
    private ShardPort port;

    private long frame;
    private long start;
    private boolean ipv6;
    private int ecn;
    private int tcpOffset;
    /** The last mbuf of the segment begun, and its text behind the first one. */
    private long last;

    private int beyondFirst;
    private int piece;

    /**
     * Writes frames of {@code shardPorts}, and sends them by these.
     *
     * @param flowLabels makes the label of an IPv6 flow (RFC 6437 §3: uniform, and not to be guessed). Its values are seen
     *     outside: a key of its own, not the flow index's.
     */
    public SegmentWriter(
            final ShardPorts shardPorts,
            final CounterBlock counters,
            final NextHops nextHops,
            final FlowHash flowLabels) {
        this.shardPorts = shardPorts;
        this.frames = shardPorts.frames();
        this.counters = counters;
        this.nextHops = nextHops;
        this.flowLabels = flowLabels;
    }

    /** The MSS to announce, and the most to send: the MTU without the fixed headers of IP and TCP, RFC 6691 §2. */
    public int maxMss(final int portNumber, final boolean overIpv6) {
        return maxMss(shardPorts.get(portNumber), overIpv6);
    }

    /** The MSS to announce in the segment begun. */
    public int maxMss() {
        return maxMss(port, ipv6);
    }

    private static int maxMss(final ShardPort by, final boolean overIpv6) {
        return Math.min(MAX_MSS, by.mtu() - TCP_LENGTH - (overIpv6 ? IPV6_LENGTH : IPV4_LENGTH));
    }

    /**
     * Lends the frame that is being processed.
     *
     * @param writable true if nothing in it is needed any more, so that the next answer may be written over it.
     */
    public void lend(final long mbuf, final boolean writable) {
        lent = mbuf;
        lentWritable = writable;
    }

    /** The text of the lent frame has been taken: from now on the next answer may be written over it. */
    public void lentMayBeOverwritten() {
        lentWritable = true;
    }

    /** An application is called before the lent frame is done with: what it has sent must not be written over it. */
    public void lentMustStay() {
        lentWritable = false;
    }

    /** The lent frame is kept by the caller, who frees it one day. */
    public void keepLent() {
        lent = 0;
    }

    /** Frees the lent frame if no answer has used it. */
    public void releaseLent() {
        if (lent != 0) {
            frames.free(lent);
            lent = 0;
        }
    }

    /** Whether a port has room for a segment that can wait; false too of a port that has gone. */
    public boolean hasRoom(final int portNumber) {
        final ShardPort by = shardPorts.get(portNumber);
        return by != null && by.sink().hasRoom();
    }

    /** Begins a segment that leaves by a port, over IPv4 or IPv6; false if no frame is to be had, which is counted. */
    public boolean begin(final int portNumber, final boolean overIpv6) {
        port = shardPorts.get(portNumber);
        if (lent != 0 && lentWritable && Mbuf.port(lent) == portNumber) { // each port has frames of its own
            frame = lent;
            lent = 0;
            Mbuf.resetForTransmit(frame);
        } else {
            frame = port.allocate();
            if (frame == 0) {
                return false;
            }
        }
        start = Mbuf.dataAddress(frame);
        ipv6 = overIpv6;
        ecn = 0;
        tcpOffset = ETHERNET_LENGTH + (overIpv6 ? IPV6_LENGTH : IPV4_LENGTH);
        last = frame;
        beyondFirst = 0;
        piece = 0;
        return true;
    }

    /* Segments that the port cuts. */

    /** Most text of a segment that leaves by a port which cuts it into pieces of {@code mss}; less than that if it cuts none. */
    public int largestText(final int portNumber, final boolean overIpv6, final int options) {
        final int packet = shardPorts.get(portNumber).checksum().segmentation();
        return packet - TCP_LENGTH - options - (overIpv6 ? IPV6_LENGTH : IPV4_LENGTH);
    }

    /** The segment begun is to be cut by the port into pieces of so many bytes of text. */
    public void cutInto(final int bytes) {
        piece = bytes;
    }

    /** How much text fits the first mbuf of the segment begun, behind so many bytes of options. */
    public int roomInFirst(final int options) {
        return Mbuf.bufferLength(frame) - Mbuf.dataOffset(frame) - tcpOffset - TCP_LENGTH - options;
    }

    /** How much fits each of the others. */
    public int roomInNext() {
        return Mbuf.bufferLength(frame) - MbufLayout.HEADROOM;
    }

    /**
     * The text of the segment begun goes on in another mbuf, {@code count} bytes of it.
     *
     * @return where it goes; 0 if there is no mbuf, which is counted: the segment is given up.
     */
    public long extend(final int count) {
        final long more = port.allocate();
        if (more == 0) {
            frames.free(frame);
            frame = 0;
            return 0;
        }
        Mbuf.dataLength(more, count);
        Mbuf.next(last, more);
        Mbuf.segments(frame, Mbuf.segments(frame) + 1);
        last = more;
        beyondFirst += count;
        return Mbuf.dataAddress(more);
    }

    /** The segment begun may be marked by routers, rather than dropped (RFC 3168 §5). */
    public void ecnCapable() {
        ecn = ECT_0;
    }

    /** Where the options of the segment begun go, and its text after them. */
    public long optionsAddress() {
        return start + tcpOffset + TCP_LENGTH;
    }

    /**
     * Writes the headers of the segment begun and sends it.
     *
     * @param mac Ethernet address of the next hop; 0 leaves it to {@link NextHops}, which resolves it.
     * @param localHi our address, first eight bytes; 0 for IPv4.
     * @param localLo our address, last eight bytes.
     * @param remoteHi the peer's address, first eight bytes.
     * @param remoteLo the peer's address, last eight bytes.
     * @param ports the peer's port in the high 16 bits, ours in the low 16.
     * @param options bytes of options at {@link #optionsAddress()}, a multiple of 4.
     * @param text bytes of text behind them, in all mbufs.
     */
    public void send(
            final long mac,
            final long localHi,
            final long localLo,
            final long remoteHi,
            final long remoteLo,
            final int ports,
            final int seq,
            final int ack,
            final int flags,
            final int window,
            final int options,
            final int text) {
        final TransmitChecksum checksum = port.checksum();
        final boolean summed = piece == 0 && text <= SHORT_TEXT || checksum.isSoftware();
        final int tcpLength = TCP_LENGTH + options + text;
        final int offsetFlagsWindow = TCP_LENGTH + options << 26 | flags << 16 | window;
        MacAddress.write(start, mac);
        MacAddress.write(start + 6, port.mac());
        if (ipv6) {
            final int label = flowLabels.hash(remoteHi, remoteLo, localHi, localLo, ports) >>> FLOW_LABEL_SHIFT;
            writeIpv6(label, tcpLength, localHi, localLo, remoteHi, remoteLo);
        } else {
            writeIpv4((int) localLo, (int) remoteLo, IPV4_LENGTH + tcpLength, summed);
        }

        final long tcp = start + tcpOffset;
        Memory.putIntBE(tcp, Integer.rotateLeft(ports, 16));
        Memory.putIntBE(tcp + 4, seq);
        Memory.putIntBE(tcp + 8, ack);
        Memory.putIntBE(tcp + 12, offsetFlagsWindow);
        Mbuf.packetLength(frame, tcpOffset + tcpLength);
        Mbuf.dataLength(frame, tcpOffset + tcpLength - beyondFirst);
        if (summed) {
            final long addresses = ipv6
                    ? halves(localHi) + halves(localLo) + halves(remoteHi) + halves(remoteLo)
                    : (localLo & LOW) + (remoteLo & LOW);
            final long sum = addresses
                    + (IpProtocol.TCP + tcpLength)
                    + (ports & LOW)
                    + (seq & LOW)
                    + (ack & LOW)
                    + (offsetFlagsWindow & LOW);
            Memory.putIntBE(tcp + 16, ~fold(sum + sumOfOptions(options) + sumOfText(options, text)) << 16);
        } else {
            Memory.putInt(tcp + 16, 0);
            if (ipv6) {
                checksum.tcp6(frame, ETHERNET_LENGTH, tcpOffset, piece);
            } else {
                checksum.tcp4(frame, ETHERNET_LENGTH, tcpOffset, piece);
            }
        }
        counters.add(Counter.TCP_SEGMENTS_SENT, piece == 0 ? 1 : (text + piece - 1) / piece);
        if ((flags & TcpFlags.RST) != 0) {
            counters.increment(Counter.TCP_RESETS_SENT);
        }
        if (mac != 0) {
            port.sink().send(frame);
        } else {
            nextHops.sendUnresolved(port.number(), remoteHi, remoteLo, frame);
        }
        frame = 0;
    }

    private void writeIpv4(final int source, final int destination, final int totalLength, final boolean summed) {
        Memory.putShortBE(start + 12, EtherType.IPV4);
        final long ip = start + ETHERNET_LENGTH;
        final int first = ecn << 16 | totalLength;
        Memory.putIntBE(ip, IPV4_VERSION_AND_LENGTH | first);
        Memory.putIntBE(ip + 4, DONT_FRAGMENT);
        final int sum = summed ? ~fold(IPV4_FIXED_WORDS + first + (source & LOW) + (destination & LOW)) : 0;
        Memory.putIntBE(ip + 8, TTL_AND_PROTOCOL | sum & 0xffff);
        Memory.putIntBE(ip + 12, source);
        Memory.putIntBE(ip + 16, destination);
    }

    private void writeIpv6(
            final int flowLabel,
            final int payloadLength,
            final long sourceHi,
            final long sourceLo,
            final long destinationHi,
            final long destinationLo) {
        Memory.putShortBE(start + 12, EtherType.IPV6);
        final long ip = start + ETHERNET_LENGTH;
        Memory.putIntBE(ip, IPV6_VERSION | ecn << 20 | flowLabel);
        Memory.putIntBE(ip + 4, payloadLength << 16 | NEXT_HEADER_AND_HOP_LIMIT);
        Memory.putLongBE(ip + 8, sourceHi);
        Memory.putLongBE(ip + 16, sourceLo);
        Memory.putLongBE(ip + 24, destinationHi);
        Memory.putLongBE(ip + 32, destinationLo);
    }

    private static long halves(final long word) {
        return (word >>> 32) + (word & LOW);
    }

    /** Four bytes at a step, as options are written, so that each load finds its bytes in one store still in the core. */
    private long sumOfOptions(final int options) {
        final long at = optionsAddress();
        long sum = 0;
        for (int i = 0; i < options; i += 4) {
            sum += Memory.getIntBE(at + i) & LOW;
        }
        return sum;
    }

    private long sumOfText(final int options, final int text) {
        if (text == 0) {
            return 0;
        }
        return ~InternetChecksum.checksum(InternetChecksum.sum(optionsAddress() + options, text)) & 0xffff;
    }

    /** A sum of 32-bit words, network order, folded to 16 bits: 2^16 is 1 modulo 2^16 - 1. */
    private static int fold(final long sum) {
        long folded = (sum & LOW) + (sum >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16);
        folded = (folded & 0xffff) + (folded >>> 16);
        return (int) ((folded & 0xffff) + (folded >>> 16));
    }
}
