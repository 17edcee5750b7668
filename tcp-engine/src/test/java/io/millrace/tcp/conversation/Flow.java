package io.millrace.tcp.conversation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** One connection as the peer sees it: where its relative numbers start, what it has sent, and what has come. */
final class Flow {
    /** The peer's initial sequence number where the script does not say another. */
    static final int DEFAULT_ISN = 0x3000_0000;

    final int peerPort;
    /** 0 until an active open of the engine has told. */
    int enginePort;

    int peerIsn = DEFAULT_ISN;
    int engineIsn;
    boolean engineIsnKnown;
    int sndNxt;
    int rcvNxt;
    int window = 0xffff;
    /** Both SYNs carried timestamps. */
    boolean timestamps;

    boolean timestampsOffered;
    /** The peer's TSval is this plus the time in ms. */
    int tsBase;
    /** The engine's last TSval. */
    int tsLast;

    final Deque<Arrival> arrivals = new ArrayDeque<>();
    /** First and last number, relative, of what the engine sent again: pieces that end at or before its highest number. */
    final List<int[]> resent = new ArrayList<>();

    private int highest;

    /** A segment and when it came, ms. */
    record Arrival(long atMs, TcpSegment segment) {}

    Flow(final int peerPort, final int enginePort) {
        this.peerPort = peerPort;
        this.enginePort = enginePort;
        isn(DEFAULT_ISN);
    }

    void isn(final int isn) {
        peerIsn = isn;
        sndNxt = isn;
    }

    void sent(final TcpSegment segment, final long nowMs) {
        final int end = segment.seq() + segment.length();
        if (end - sndNxt > 0 && segment.seq() - sndNxt <= 0) {
            sndNxt = end;
        }
        final int[] ts = Options.timestamps(safe(segment));
        if (segment.is(TcpSegment.SYN) && ts != null) {
            timestampsOffered = true;
            tsBase = ts[0] - (int) nowMs;
        }
    }

    /** Options that the peer wrote may be malformed on purpose. */
    private static byte[] safe(final TcpSegment segment) {
        try {
            Options.read(segment.options(), 0);
            return segment.options();
        } catch (final RuntimeException e) {
            return new byte[0];
        }
    }

    void arrived(final TcpSegment segment, final long nowMs) {
        arrivals.add(new Arrival(nowMs, segment));
        if (segment.is(TcpSegment.SYN) && !engineIsnKnown) {
            enginePort = segment.sourcePort();
            engineIsn = segment.seq();
            engineIsnKnown = true;
            rcvNxt = engineIsn;
        }
        final int from = segment.seq() - engineIsn;
        if (segment.length() > 0 && from + segment.length() <= highest) {
            resent.add(new int[] {from, from + segment.length()});
        }
        highest = Math.max(highest, from + segment.length());
        final int[] ts = Options.timestamps(segment.options());
        if (ts != null) {
            tsLast = ts[0];
            timestamps |= segment.is(TcpSegment.SYN) && (timestampsOffered || !segment.is(TcpSegment.ACK));
        }
        final int end = segment.seq() + segment.length();
        if (engineIsnKnown && !segment.is(TcpSegment.RST) && segment.seq() - rcvNxt <= 0 && end - rcvNxt > 0) {
            rcvNxt = end;
        }
    }
}
