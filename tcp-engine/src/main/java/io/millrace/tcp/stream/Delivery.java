package io.millrace.tcp.stream;

import io.millrace.tcp.state.Sequence;

/**
 * What one acknowledgment has delivered that was not known before: how much, how long it took, and what of it was sent
 * last. One instance a shard, owned by its thread and filled anew for each acknowledgment; allocates nothing.
 */
final class Delivery {
    private int nowMicros;
    private int nowMillis;
    private boolean echoes;
    private int echo;
    private int minRtt;

    private int bytes;
    private int sackedBytes;
    private boolean timed;
    private boolean repaired;
    private int firstSent;
    private boolean recent;
    private int newestSent;
    private int newestEnd;
    private int fack;
    private boolean reordered;
    private boolean lostOriginal;

    /**
     * Begins anew.
     *
     * @param highest the highest number delivered so far: RACK.fack.
     * @param shortest the shortest round trip known, µs; 0 if none is.
     */
    void begin(final int micros, final int millis, final int highest, final int shortest) {
        nowMicros = micros;
        nowMillis = millis;
        fack = highest;
        minRtt = shortest;
        echoes = false;
        bytes = 0;
        sackedBytes = 0;
        timed = false;
        repaired = false;
        recent = false;
        reordered = false;
        lostOriginal = false;
    }

    /** Some of it was given up for lost and had not been sent again: it has arrived as it was sent first. */
    void addLostOriginal() {
        lostOriginal = true;
    }

    /** Whether something has arrived that was given up for lost. */
    boolean hasLostOriginal() {
        return lostOriginal;
    }

    /** The acknowledgment echoes a timestamp: the ms at which what it answers was sent. */
    void echo(final int millis) {
        echoes = true;
        echo = millis;
    }

    /** So many bytes, up to {@code end}, of what was sent at {@code sent} are acknowledged; in sequence order. */
    void add(final int count, final int end, final int sent, final boolean resent) {
        repaired |= resent;
        take(count, end, sent, resent);
    }

    private void take(final int count, final int end, final int sent, final boolean resent) {
        bytes += count;
        if (!resent && !timed) {
            timed = true; // RFC 6298 §3, Karn: never over a retransmission
            firstSent = sent;
        }
        if (Sequence.after(end, fack)) {
            fack = end;
        } else if (Sequence.before(end, fack) && !resent) {
            reordered = true; // RFC 8985 §6.2 step 3
        }
        if (!(resent && isOfEarlierCopy(sent)) && (!recent || isSentAfter(sent, end, newestSent, newestEnd))) {
            recent = true;
            newestSent = sent;
            newestEnd = end;
        }
    }

    /** The same, of bytes that are out of order. */
    void addSacked(final int count, final int end, final int sent, final boolean resent) {
        sackedBytes += count;
        take(count, end, sent, resent);
    }

    /**
     * RFC 8985 §6.2 step 2: what was sent again at {@code sent} may have arrived as it was sent before. The echo is in
     * ms, and the times are rounded; the doubt of one is the retransmission's.
     */
    private boolean isOfEarlierCopy(final int sent) {
        final int took = nowMicros - sent;
        return echoes && echo - (nowMillis - took / 1_000) < -1 || took < minRtt;
    }

    /** RFC 8985 §5.2: whether one piece left after another; of one burst, the one with the higher end did. */
    static boolean isSentAfter(final int sent1, final int end1, final int sent2, final int end2) {
        return sent1 - sent2 > 0 || sent1 == sent2 && Sequence.after(end1, end2);
    }

    /** Bytes delivered. */
    int bytes() {
        return bytes;
    }

    /** Those of them that are out of order. */
    int sackedBytes() {
        return sackedBytes;
    }

    /**
     * Whether any of it tells a round trip: it was sent but once, and its acknowledgment did not wait for something before it
     * that had to be sent again.
     */
    boolean isTimed() {
        return timed && !repaired;
    }

    /** When the first of that was sent, µs. */
    int firstSent() {
        return firstSent;
    }

    /** Whether any of it certainly arrived as it was sent last. */
    boolean isRecent() {
        return recent;
    }

    /** When the piece of it that was sent last was sent, µs. */
    int newestSent() {
        return newestSent;
    }

    /** The end of that piece. */
    int newestEnd() {
        return newestEnd;
    }

    /** The highest number delivered so far. */
    int fack() {
        return fack;
    }

    /** Whether it arrived after something that was sent later. */
    boolean isReordered() {
        return reordered;
    }
}
