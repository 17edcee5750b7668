package io.millrace.tcp.conversation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Watches both directions of every flow, knows nothing of the engine, and says what no TCP may ever send whatever it is
 * sent: RFC 9293 §3.10.7 in a few lines.
 */
final class Witness {
    private static final int HALF = 1 << 30;

    private final Map<Integer, Seen> flows = new HashMap<>();

    /** What was seen of one flow; but for what the peer sent, since the engine's last SYN. */
    private static final class Seen {
        /** First number of each segment of the peer, and the first after it. */
        final List<int[]> peerSent = new ArrayList<>();

        final List<Integer> isns = new ArrayList<>();
        boolean resetAtHand;
        Integer ack;
        Integer edge;
        Integer fin;
        /** Of the window field; negative where it is not known whether it is scaled. */
        int shift = -1;
    }

    private Seen of(final int peerPort, final int enginePort) {
        return flows.computeIfAbsent(peerPort << 16 | enginePort, key -> new Seen());
    }

    /** The peer sends, and the engine answers until {@link #answered}. */
    void peerSends(final TcpSegment segment) {
        final Seen seen = of(segment.sourcePort(), segment.destinationPort());
        seen.peerSent.add(new int[] {segment.seq(), segment.seq() + segment.length()});
        seen.resetAtHand = segment.is(TcpSegment.RST);
    }

    /** The engine has answered what the peer sent last. */
    void answered(final TcpSegment segment) {
        of(segment.sourcePort(), segment.destinationPort()).resetAtHand = false;
    }

    /** What is wrong with a segment of the engine; empty if nothing is. */
    String engineSends(final TcpSegment segment) {
        final Seen seen = of(segment.destinationPort(), segment.sourcePort());
        final boolean syn = segment.is(TcpSegment.SYN);
        final boolean rst = segment.is(TcpSegment.RST);
        if (syn && segment.is(TcpSegment.FIN | TcpSegment.RST) || rst && segment.is(TcpSegment.FIN)) {
            return "flags that make no sense";
        }
        if (!syn && !rst && !segment.is(TcpSegment.ACK)) {
            return "no ACK";
        }
        if (rst && seen.resetAtHand) {
            return "a reset in answer to a reset";
        }
        if (segment.is(TcpSegment.ACK) && !wasSent(seen, segment.ack(), rst)) {
            return "acknowledges what was never sent";
        }
        if (rst) {
            return "";
        }
        if (syn) {
            begin(seen, segment);
            return "";
        }
        return checkNumbers(seen, segment);
    }

    private static boolean wasSent(final Seen seen, final int ack, final boolean rst) {
        // A reset also acknowledges segments that have no length.
        return seen.peerSent.stream()
                .anyMatch(sent -> rst && sent[1] == ack || ack - sent[0] > 0 && sent[1] - ack >= 0);
    }

    private static void begin(final Seen seen, final TcpSegment segment) {
        seen.isns.add(segment.seq());
        seen.ack = null;
        seen.edge = null;
        seen.fin = null;
        seen.shift = segment.is(TcpSegment.ACK)
                ? Options.read(segment.options(), 0).stream()
                        .filter(option -> option.startsWith("wscale "))
                        .mapToInt(option -> Integer.parseInt(option.substring(7)))
                        .findFirst()
                        .orElse(0)
                : -1;
    }

    private static String checkNumbers(final Seen seen, final TcpSegment segment) {
        if (seen.ack != null && segment.ack() - seen.ack < 0) {
            return "an acknowledgment that goes back by " + (seen.ack - segment.ack());
        }
        seen.ack = segment.ack();
        if (seen.shift >= 0) {
            final int edge = segment.ack() + (segment.window() << seen.shift);
            if (seen.edge != null && seen.edge - edge >= 1 << seen.shift) {
                return "a window whose edge goes back by " + (seen.edge - edge);
            }
            seen.edge = seen.edge == null || edge - seen.edge > 0 ? edge : seen.edge;
        }
        if (segment.length() == 0) {
            return "";
        }
        if (seen.isns.stream().noneMatch(isn -> segment.seq() - isn > 0 && segment.seq() - isn < HALF)) {
            return "text or FIN in the place of the SYN";
        }
        final int end = segment.seq() + segment.text().length;
        if (seen.fin != null && end - seen.fin > 0) {
            return "text behind the FIN";
        }
        if (segment.is(TcpSegment.FIN)) {
            if (seen.fin != null && end != seen.fin) {
                return "a FIN that has moved";
            }
            seen.fin = end;
        }
        return "";
    }
}
