package io.millrace.dataplane.port;

import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;

/**
 * Cuts a large segment as a NIC does that was asked for it (TCP segmentation offload): each piece gets the headers, with its
 * own lengths, sequence number and checksums; PSH and FIN go with the last one, CWR with the first. The TCP checksum is
 * built on what the sender has left in its field: the sum of the pseudo header without a length.
 *
 * <p>Owned by one thread; allocates nothing on the heap.
 */
final class SegmentCutter {
    private static final int IPV4_LENGTH_OFFSET = 2;
    private static final int IPV4_ID_OFFSET = 4;
    private static final int IPV4_CHECKSUM_OFFSET = 10;
    private static final int IPV6_LENGTH_OFFSET = 4;
    private static final int IPV6_HEADER = 40;
    private static final int TCP_SEQ_OFFSET = 4;
    private static final int TCP_FLAGS_OFFSET = 13;
    private static final int TCP_CHECKSUM_OFFSET = 16;

    private final FrameAllocator frames;
    private long whole;
    /** The mbuf that the next text is in, and where in it. */
    private long from;

    private int at;
    private int headers;
    private int text;
    private int cut;
    private int piece;

    SegmentCutter(final FrameAllocator frames) {
        this.frames = frames;
    }

    /** Whether a segment was begun and is not cut to the end. */
    boolean hasMore() {
        return whole != 0;
    }

    /** Takes over a frame that asks to be cut; its headers are in its first mbuf. */
    void begin(final long mbuf) {
        whole = mbuf;
        from = mbuf;
        headers = Mbuf.layer2Length(mbuf) + Mbuf.layer3Length(mbuf) + Mbuf.layer4Length(mbuf);
        at = headers;
        text = Mbuf.packetLength(mbuf) - headers;
        piece = Mbuf.pieceLength(mbuf);
        cut = 0;
    }

    /** The next piece, a frame of its own; 0 if there is none to be had, and the rest is lost. Frees the whole after the last. */
    long next() {
        final long mbuf = frames.allocate();
        if (mbuf == 0) {
            abandon();
            return 0;
        }
        final int length = Math.min(piece, text - cut);
        final long frame = Mbuf.dataAddress(mbuf);
        Memory.copy(Mbuf.dataAddress(whole), frame, headers);
        copyText(frame + headers, length);
        Mbuf.length(mbuf, headers + length);
        complete(frame, length);
        cut += length;
        if (cut == text) {
            abandon();
        }
        return mbuf;
    }

    private void copyText(final long to, final int length) {
        for (int copied = 0; copied < length; ) {
            if (at == Mbuf.dataLength(from)) {
                from = Mbuf.next(from);
                at = 0;
            }
            final int step = Math.min(length - copied, Mbuf.dataLength(from) - at);
            Memory.copy(Mbuf.dataAddress(from) + at, to + copied, step);
            copied += step;
            at += step;
        }
    }

    private void complete(final long frame, final int length) {
        final int ipLength = Mbuf.layer3Length(whole);
        final int segmentLength = Mbuf.layer4Length(whole) + length;
        final long ip = frame + Mbuf.layer2Length(whole);
        final long tcp = ip + ipLength;
        if ((Mbuf.offloadFlags(whole) & MbufFlags.TX_IPV4) != 0) {
            Memory.putShortBE(ip + IPV4_LENGTH_OFFSET, ipLength + segmentLength);
            Memory.putShortBE(ip + IPV4_ID_OFFSET, Memory.getShortBE(ip + IPV4_ID_OFFSET) + cut / piece);
            Memory.putShort(ip + IPV4_CHECKSUM_OFFSET, 0);
            final int checksum = InternetChecksum.checksum(InternetChecksum.sumOfHeader(ip, ipLength));
            Memory.putShortBE(ip + IPV4_CHECKSUM_OFFSET, checksum);
        } else {
            Memory.putShortBE(ip + IPV6_LENGTH_OFFSET, ipLength - IPV6_HEADER + segmentLength);
        }
        Memory.putIntBE(tcp + TCP_SEQ_OFFSET, Memory.getIntBE(tcp + TCP_SEQ_OFFSET) + cut);
        int dropped = 0;
        if (cut + length < text) {
            dropped = TcpFlags.PSH | TcpFlags.FIN;
        }
        if (cut > 0) {
            dropped |= TcpFlags.CWR;
        }
        Memory.putByte(tcp + TCP_FLAGS_OFFSET, Memory.getUnsignedByte(tcp + TCP_FLAGS_OFFSET) & ~dropped);
        final long sum =
                InternetChecksum.sum(tcp, segmentLength) + InternetChecksum.pseudoHeader(0, 0, 0, segmentLength);
        Memory.putShortBE(tcp + TCP_CHECKSUM_OFFSET, InternetChecksum.checksum(sum));
    }

    /** Frees what was begun. */
    void abandon() {
        if (whole != 0) {
            frames.free(whole);
            whole = 0;
        }
    }
}
