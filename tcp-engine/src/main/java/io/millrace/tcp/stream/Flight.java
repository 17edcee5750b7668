package io.millrace.tcp.stream;

import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Tcb;

/**
 * What connections have in flight, and what became of it: the scoreboard of RFC 6675 §3 with the send times that RFC 8985
 * §5.2 asks for.
 *
 * <p>A list of ranges for each connection, in sequence order and without gaps from SND.UNA on. A range is bytes that left
 * at one moment and have one fate: on their way, {@link #SACKED} by the peer, or {@link #LOST} and not sent again yet.
 * {@link #RESENT} ones have been sent more than once. A burst of new text is one range however long; acknowledgments cut
 * ranges, and neighbours of one fate become one again, so that a list is as long as what happened to the flight was varied.
 * A FIN has its number at the end of the last range, or, where no text is in flight before it, no range at all.
 *
 * <p>The ranges are records of a pool that all connections of the shard share; a connection without text in flight has
 * none. One instance a shard, owned by its thread; allocates nothing. Bounded by the pool, and for each connection by
 * {@link RangeList#MAX_RANGES}: what would cut a range beyond that is not noted, which costs a retransmission at worst.
 */
public final class Flight extends RangeList {
    /** The peer has it, and says so; it may still renege (RFC 2018 §8). */
    static final int SACKED = 1;
    /** It was found lost, and is to be sent again. */
    static final int LOST = 1 << 1;
    /** It was sent more than once. */
    static final int RESENT = 1 << 2;

    /** Over a pool of records of {@link #RECORD_LENGTH} bytes. */
    public Flight(final RecordSlab ranges) {
        super(ranges);
    }

    /* Sending. */

    /** Whether what is sent next could be noted: if not, new text has to wait. */
    boolean hasRoom(final Tcb tcb) {
        return hasRecord(tcb) || head(tcb) != NONE && (fate(last(tcb)) & ~RESENT) == 0;
    }

    /** Numbers behind all the others have been sent, in so many segments; {@link #hasRoom} has said that there is room. */
    void add(final Tcb tcb, final int seq, final int end, final int count, final int micros, final int fate) {
        if (head(tcb) != NONE) {
            final int tail = last(tcb);
            if (sent(tail) == micros && fate(tail) == fate || !hasRecord(tcb)) {
                extend(tail, end);
                sent(tail, micros);
                segments(tail, segments(tail) + count);
                fate(tail, fate(tail) | fate);
                return;
            }
        }
        segments(append(tcb, seq, end, micros, fate), count);
    }

    /**
     * The first numbers of a range, up to {@code until}, have been sent again.
     *
     * @param previous the range before it, or {@link #NONE}.
     */
    void resent(final Tcb tcb, final int previous, final int slot, final int until, final int micros) {
        final boolean joins = previous != NONE && sent(previous) == micros && fate(previous) == RESENT;
        if (joins) {
            segments(previous, segments(previous) + 1);
            give(tcb, slot, previous, until);
            return;
        }
        if (until != end(slot)) {
            split(tcb, slot, until); // where it can't be, all of it counts as sent, and is found missing in due time
        }
        sent(slot, micros);
        fate(slot, RESENT);
        segments(slot, 1);
    }

    /* Acknowledgments. */

    /** SND.UNA has advanced: takes off what lies before it, and tells {@code delivery} what of that is news. */
    void acknowledge(final Tcb tcb, final Delivery delivery) {
        final int una = tcb.sndUna();
        int slot = head(tcb);
        while (slot != NONE && Sequence.before(seq(slot), una)) {
            final int until = Sequence.min(end(slot), una);
            if ((fate(slot) & SACKED) == 0) {
                tellLost(slot, delivery);
                delivery.add(until - seq(slot), until, sent(slot), (fate(slot) & RESENT) != 0);
            }
            if (until == end(slot)) {
                slot = remove(tcb, NONE, slot);
            } else {
                shorten(slot, until);
                return;
            }
        }
    }

    /** The peer has everything from {@code left} to {@code right}: tells {@code delivery} what of that is news. */
    void sack(final Tcb tcb, final int left, final int right, final Delivery delivery) {
        int previous = NONE;
        int slot = head(tcb);
        while (slot != NONE && Sequence.before(seq(slot), right)) {
            if (Sequence.after(end(slot), left) && (fate(slot) & SACKED) == 0) {
                if (Sequence.before(seq(slot), left)) {
                    if (!split(tcb, slot, left)) {
                        return;
                    }
                    previous = slot;
                    slot = next(slot);
                }
                slot = sackFirst(tcb, previous, slot, Sequence.min(end(slot), right), delivery);
            }
            previous = slot;
            slot = next(slot);
        }
    }

    /** The peer has the first numbers of a range; the range in which they are now. */
    private int sackFirst(final Tcb tcb, final int previous, final int slot, final int until, final Delivery delivery) {
        final boolean joins = previous != NONE && (fate(previous) & SACKED) != 0;
        if (!joins && until != end(slot) && !split(tcb, slot, until)) {
            return slot;
        }
        tellLost(slot, delivery);
        delivery.addSacked(until - seq(slot), until, sent(slot), (fate(slot) & RESENT) != 0);
        int sacked = slot;
        if (joins) {
            segments(previous, segments(previous) + segmentsUntil(slot, until));
            give(tcb, slot, previous, until);
            sacked = previous;
        } else {
            fate(slot, SACKED);
        }
        final int after = next(sacked);
        if (after != NONE && (fate(after) & SACKED) != 0) {
            segments(sacked, segments(sacked) + segments(after));
            give(tcb, after, sacked, end(after));
        }
        return sacked;
    }

    private void tellLost(final int slot, final Delivery delivery) {
        if ((fate(slot) & (LOST | RESENT)) == LOST) {
            delivery.addLostOriginal();
        }
    }

    /** A range has been found lost; the range in which it is now. */
    int lose(final Tcb tcb, final int previous, final int slot) {
        final int fate = fate(slot) & RESENT | LOST;
        if (previous != NONE && (fate(previous) & LOST) != 0) {
            segments(previous, segments(previous) + segments(slot));
            fate(previous, fate(previous) | fate);
            give(tcb, slot, previous, end(slot));
            return previous;
        }
        fate(slot, fate);
        return slot;
    }

    /** The first range's first {@code length} numbers are lost; so is all of it where it can't be cut. */
    void loseFirst(final Tcb tcb, final int length) {
        final int head = head(tcb);
        if (head != NONE && (fate(head) & LOST) == 0) {
            if (end(head) - seq(head) > length) {
                split(tcb, head, seq(head) + length);
            }
            lose(tcb, NONE, head);
        }
    }

    /** Nothing is lost after all, or nothing is SACKED: forgets one fate ({@link #LOST}, {@link #SACKED}) of every range. */
    void forget(final Tcb tcb, final int fate) {
        for (int slot = head(tcb); slot != NONE; slot = next(slot)) {
            fate(slot, fate(slot) & ~fate);
        }
    }

    /** Empties the list. */
    void clear(final Tcb tcb) {
        removeAll(tcb);
    }

    /* What is known. */

    /** Whether no text is in flight. */
    boolean isEmpty(final Tcb tcb) {
        return head(tcb) == NONE;
    }

    /** Whether any range has this fate. */
    boolean has(final Tcb tcb, final int fate) {
        for (int slot = head(tcb); slot != NONE; slot = next(slot)) {
            if ((fate(slot) & fate) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Numbers in the ranges with any of these fates. */
    int length(final Tcb tcb, final int fate) {
        int length = 0;
        for (int slot = head(tcb); slot != NONE; slot = next(slot)) {
            if ((fate(slot) & fate) != 0) {
                length += end(slot) - seq(slot);
            }
        }
        return length;
    }

    /** Segments that the peer has out of order, as they were sent. */
    int sackedSegments(final Tcb tcb) {
        int segments = 0;
        for (int slot = head(tcb); slot != NONE; slot = next(slot)) {
            if ((fate(slot) & SACKED) != 0) {
                segments += segments(slot);
            }
        }
        return segments;
    }
}
