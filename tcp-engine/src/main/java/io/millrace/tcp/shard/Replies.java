package io.millrace.tcp.shard;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.egress.NextHops;
import io.millrace.tcp.egress.OptionWriter;
import io.millrace.tcp.egress.SegmentWriter;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.stream.ReceiveWindow;
import io.millrace.tcp.table.SynOptions;
import io.millrace.tcp.table.SynQueue;

/**
 * Segments that no connection record stands behind: resets, SYN-ACKs, acknowledgments of half-open and TIME_WAIT entries.
 * An answer goes to the station its question came from. Owned by the shard's thread; allocates nothing.
 */
final class Replies {
    private final SegmentWriter writer;
    private final NextHops nextHops;

    Replies(final SegmentWriter writer, final NextHops nextHops) {
        this.writer = writer;
        this.nextHops = nextHops;
    }

    /** RFC 9293 §3.5.2: takes the sequence number from the ACK field if there is one, and acknowledges if there is not. */
    void reset(final Segment segment) {
        final boolean ack = segment.isAck();
        reply(
                segment,
                ack ? segment.ack() : 0,
                ack ? 0 : segment.end(),
                ack ? TcpFlags.RST : TcpFlags.RST | TcpFlags.ACK,
                0,
                false,
                0,
                0);
    }

    /** A bare acknowledgment. */
    void ack(final Segment segment, final int seq, final int ack, final int window) {
        reply(segment, seq, ack, TcpFlags.ACK, window, false, 0, 0);
    }

    /** An acknowledgment with timestamps. */
    void ack(final Segment segment, final int seq, final int ack, final int window, final int tsVal, final int tsEcr) {
        reply(segment, seq, ack, TcpFlags.ACK, window, true, tsVal, tsEcr);
    }

    private void reply(
            final Segment segment,
            final int seq,
            final int ack,
            final int flags,
            final int window,
            final boolean timestamps,
            final int tsVal,
            final int tsEcr) {
        if (writer.begin(segment.devicePort(), segment.isIpv6())) {
            final int options = timestamps ? OptionWriter.timestamps(writer.optionsAddress(), tsVal, tsEcr) : 0;
            writer.send(
                    segment.remoteMac(),
                    segment.localHi(),
                    segment.localLo(),
                    segment.remoteHi(),
                    segment.remoteLo(),
                    segment.ports(),
                    seq,
                    ack,
                    flags,
                    window,
                    options,
                    0);
        }
    }

    /** The SYN-ACK in answer to a SYN. */
    void synAck(
            final Segment segment,
            final int iss,
            final int options,
            final int tsVal,
            final int tsEcr,
            final ConnectionOptions own) {
        if (writer.begin(segment.devicePort(), segment.isIpv6())) {
            sendSynAck(
                    segment.remoteMac(),
                    segment.localHi(),
                    segment.localLo(),
                    segment.remoteHi(),
                    segment.remoteLo(),
                    segment.ports(),
                    iss,
                    segment.seq() + 1,
                    options,
                    tsVal,
                    tsEcr,
                    own);
        }
    }

    /** The SYN-ACK of an entry again, because no answer came. */
    void synAckAgain(
            final int port,
            final SynQueue queue,
            final int slot,
            final long localHi,
            final long localLo,
            final int tsVal,
            final ConnectionOptions own) {
        final long remoteHi = queue.remoteHi(slot);
        final long remoteLo = queue.remoteLo(slot);
        if (writer.begin(port, !IpAddress.isIpv4(remoteHi, remoteLo))) {
            sendSynAck(
                    nextHops.find(port, remoteHi, remoteLo),
                    localHi,
                    localLo,
                    remoteHi,
                    remoteLo,
                    queue.ports(slot),
                    queue.iss(slot),
                    queue.irs(slot) + 1,
                    queue.options(slot),
                    tsVal,
                    queue.tsRecent(slot),
                    own);
        }
    }

    private void sendSynAck(
            final long mac,
            final long localHi,
            final long localLo,
            final long remoteHi,
            final long remoteLo,
            final int ports,
            final int iss,
            final int ack,
            final int options,
            final int tsVal,
            final int tsEcr,
            final ConnectionOptions own) {
        final long at = writer.optionsAddress();
        int length = OptionWriter.mss(at, own.announcedMss(writer.maxMss()));
        if (SynOptions.timestamps(options)) {
            length += SynOptions.sack(options)
                    ? OptionWriter.sackPermittedAndTimestamps(at + length, tsVal, tsEcr)
                    : OptionWriter.timestamps(at + length, tsVal, tsEcr);
        } else if (SynOptions.sack(options)) {
            length += OptionWriter.sackPermitted(at + length);
        }
        if (SynOptions.windowScaling(options)) {
            length += OptionWriter.windowScale(at + length, ReceiveWindow.shiftFor(own.receiveBufferBytes()));
        }
        writer.send(
                mac,
                localHi,
                localLo,
                remoteHi,
                remoteLo,
                ports,
                iss,
                ack,
                TcpFlags.SYN | TcpFlags.ACK | (SynOptions.ecn(options) ? TcpFlags.ECE : 0),
                own.synWindow(),
                length,
                0);
    }
}
