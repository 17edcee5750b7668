package io.millrace.tcp.state;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dataplane.wire.TcpHeader;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

/**
 * The segment that has just arrived, as RFC 9293 §3.3.1 names it: SEG.SEQ, SEG.LEN, SEG.ACK, SEG.WND, and what its
 * options say.
 *
 * <p>One instance a shard, owned by its thread and filled anew for each frame by {@link #parse}; nothing is allocated.
 * The frame has been validated before. Text can be trimmed to the window; the frame itself is not changed.
 */
public final class Segment {
    private static final int NEW_SYN = TcpFlags.SYN | TcpFlags.ACK | TcpFlags.RST;
    private static final int IPV4_SOURCE_OFFSET = 12;
    private static final int IPV4_DESTINATION_OFFSET = 16;
    private static final int IPV6_SOURCE_OFFSET = 8;
    private static final int IPV6_DESTINATION_OFFSET = 24;

    /** RFC 3168 §5: the codepoint CE. */
    private static final int CONGESTION_EXPERIENCED = 3;

    private static final int MEANINGFUL =
            TcpFlags.SYN | TcpFlags.ACK | TcpFlags.RST | TcpFlags.FIN | TcpFlags.PSH | TcpFlags.URG;

    private static final int ECN_SETUP = TcpFlags.ECE | TcpFlags.CWR;

    private final SegmentOptions options = new SegmentOptions();

    private long mbuf;
    private long remoteMac;
    private long remoteHi;
    private long remoteLo;
    private long localHi;
    private long localLo;
    private int ports;
    private int seq;
    private int ack;
    private int flags;
    private int window;
    private int urgentEnd;
    private long textAddress;
    private int textLength;
    private int acked;
    private int duplicateFrom;
    private int duplicateTo;
    private boolean ipv6;
    private int ecn;
    private int devicePort;

    /** Fills this segment from a validated frame. */
    public void parse(final long newMbuf, final int meta) {
        mbuf = newMbuf;
        devicePort = Mbuf.port(newMbuf);
        final long frameAddress = Mbuf.dataAddress(newMbuf);
        remoteMac = MacAddress.read(frameAddress + MacAddress.LENGTH);
        parseAddresses(frameAddress + FrameMeta.l3Offset(meta), FrameMeta.kind(meta) == FrameMeta.TCP6);
        final int tcpOffset = FrameMeta.l4Offset(meta);
        final long tcp = frameAddress + tcpOffset;
        ports = Memory.getIntBE(tcp);
        seq = Memory.getIntBE(tcp + 4);
        ack = Memory.getIntBE(tcp + 8);
        final int headerLength = Memory.getUnsignedByte(tcp + 12) >>> 4 << 2;
        flags = Memory.getUnsignedByte(tcp + 13);
        window = Memory.getShortBE(tcp + 14);
        urgentEnd = seq + Memory.getShortBE(tcp + 18);
        textAddress = tcp + headerLength;
        textLength = Mbuf.dataLength(newMbuf) - tcpOffset - headerLength;
        acked = 0;
        duplicateFrom = 0;
        duplicateTo = 0;
        options.parse(tcp + TcpHeader.MIN_LENGTH, textAddress, isSyn());
    }

    private void parseAddresses(final long ip, final boolean isIpv6) {
        ipv6 = isIpv6;
        if (isIpv6) {
            ecn = Memory.getUnsignedByte(ip + 1) >>> 4 & 3; // the traffic class is bits 4 to 11 of the header
            remoteHi = Memory.getLongBE(ip + IPV6_SOURCE_OFFSET);
            remoteLo = Memory.getLongBE(ip + IPV6_SOURCE_OFFSET + 8);
            localHi = Memory.getLongBE(ip + IPV6_DESTINATION_OFFSET);
            localLo = Memory.getLongBE(ip + IPV6_DESTINATION_OFFSET + 8);
        } else {
            ecn = Memory.getUnsignedByte(ip + 1) & 3;
            remoteHi = 0;
            remoteLo = IpAddress.lowWord(Memory.getIntBE(ip + IPV4_SOURCE_OFFSET));
            localHi = 0;
            localLo = IpAddress.lowWord(Memory.getIntBE(ip + IPV4_DESTINATION_OFFSET));
        }
    }

    /** Whether a validated frame, which is not parsed yet, brings a SYN that asks for a connection. */
    public static boolean isNewSyn(final long mbuf, final int meta) {
        return FrameMeta.kind(meta) < FrameMeta.ICMP4_ERROR
                && (Memory.getByte(Mbuf.dataAddress(mbuf) + FrameMeta.l4Offset(meta) + 13) & NEW_SYN) == TcpFlags.SYN;
    }

    /** The frame it came in. */
    public long mbuf() {
        return mbuf;
    }

    /** Number of the port it came in by, and by which an answer leaves. */
    public int devicePort() {
        return devicePort;
    }

    /** The Ethernet address it came from: where an answer goes. */
    public long remoteMac() {
        return remoteMac;
    }

    /** True if it came over IPv6. */
    public boolean isIpv6() {
        return ipv6;
    }

    /** The first eight bytes of the sender's address; 0 for IPv4. */
    public long remoteHi() {
        return remoteHi;
    }

    /** The last eight bytes of the sender's address, IPv4 in its mapped form. */
    public long remoteLo() {
        return remoteLo;
    }

    /** The first eight bytes of our address. */
    public long localHi() {
        return localHi;
    }

    /** The last eight bytes of our address. */
    public long localLo() {
        return localLo;
    }

    /** The sender's port in the high 16 bits, ours in the low 16. */
    public int ports() {
        return ports;
    }

    /** Our port. */
    public int localPort() {
        return ports & 0xffff;
    }

    /** SEG.SEQ: of the first byte of the text, or of the SYN. */
    public int seq() {
        return seq;
    }

    /** SEG.ACK; means something only with the ACK flag. */
    public int ack() {
        return ack;
    }

    /** The window field, not scaled. */
    public int window() {
        return window;
    }

    /** SEG.UP as a sequence number: the first after the urgent data (RFC 9293 §3.8.5); means something only with URG. */
    public int urgentEnd() {
        return urgentEnd;
    }

    /** URG is set. */
    public boolean isUrgent() {
        return (flags & TcpFlags.URG) != 0;
    }

    /** The control bits, {@link TcpFlags}. */
    public int flags() {
        return flags;
    }

    /** SYN is set. */
    public boolean isSyn() {
        return (flags & TcpFlags.SYN) != 0;
    }

    /** ACK is set. */
    public boolean isAck() {
        return (flags & TcpFlags.ACK) != 0;
    }

    /** RST is set. */
    public boolean isRst() {
        return (flags & TcpFlags.RST) != 0;
    }

    /** FIN is set, and no trimming has cut it off. */
    public boolean isFin() {
        return (flags & TcpFlags.FIN) != 0;
    }

    /** Whether no sane sender makes such control bits: SYN with FIN or RST, or none that means anything. */
    public boolean hasSenselessFlags() {
        return (flags & MEANINGFUL) == 0 || isSyn() && (flags & (TcpFlags.FIN | TcpFlags.RST)) != 0;
    }

    /** Whether a router has marked the packet, rather than drop it. */
    public boolean isCongestionExperienced() {
        return ecn == CONGESTION_EXPERIENCED;
    }

    /** Whether ECE and CWR are as in a SYN that offers ECN, RFC 3168 §6.1.1. */
    public boolean offersEcn() {
        return (flags & ECN_SETUP) == ECN_SETUP;
    }

    /** Whether ECE and CWR are as in a SYN-ACK that agrees on ECN; where both are set somebody only reflects them. */
    boolean agreesOnEcn() {
        return (flags & ECN_SETUP) == TcpFlags.ECE;
    }

    /** Address of the first byte of text. */
    public long textAddress() {
        return textAddress;
    }

    /** Bytes of text. */
    public int textLength() {
        return textLength;
    }

    /** SEG.LEN: text, SYN and FIN, in sequence numbers. */
    public int length() {
        return textLength + (flags >>> 1 & 1) + (flags & 1);
    }

    /** The first sequence number after the segment. */
    public int end() {
        return seq + length();
    }

    /** What the options say. */
    public SegmentOptions options() {
        return options;
    }

    /** By how many sequence numbers this segment advanced SND.UNA; set with {@link Verdict#ACKED}. */
    public int acked() {
        return acked;
    }

    void acked(final int count) {
        acked = count;
    }

    /** Whether text of it was received before, and is acknowledged: RFC 2883 §4 has the sender told of it. */
    public boolean hasDuplicate() {
        return duplicateFrom != duplicateTo;
    }

    /** Where that text begins. */
    public int duplicateFrom() {
        return duplicateFrom;
    }

    /** Where it ends. */
    public int duplicateTo() {
        return duplicateTo;
    }

    /** Notes what of its text lies before {@code rcvNxt}. */
    void noteDuplicate(final int rcvNxt) {
        if (textLength > 0 && Sequence.before(seq, rcvNxt)) {
            duplicateFrom = seq;
            duplicateTo = Sequence.min(seq + textLength, rcvNxt);
        }
    }

    /** Makes a SYN that was taken already an ordinary segment: what is left begins one number later. */
    void dropSyn() {
        if (isSyn()) {
            flags &= ~(TcpFlags.SYN | ECN_SETUP); // which on a SYN speak of ECN as such, not of congestion
            seq++;
        }
    }

    /** Cuts text before {@code sequence}. */
    void trimFront(final int sequence) {
        final int count = Math.min(sequence - seq, textLength);
        seq += count;
        textAddress += count;
        textLength -= count;
    }

    /** Cuts text, and a FIN, at and after {@code sequence}. */
    void trimBack(final int sequence) {
        final int excess = seq + textLength - sequence;
        if (excess > 0) {
            textLength = Math.max(0, textLength - excess);
            flags &= ~TcpFlags.FIN;
        } else if (excess == 0) {
            flags &= ~TcpFlags.FIN;
        }
    }
}
