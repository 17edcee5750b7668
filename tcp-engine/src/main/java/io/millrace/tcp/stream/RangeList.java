package io.millrace.tcp.stream;

import io.millrace.memory.Memory;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbLayout;

/**
 * Lists of ranges of sequence numbers, one for each connection, in order and without gaps: the records that {@link Flight}
 * gives a meaning to. Owned by the shard's thread; allocates nothing.
 */
abstract sealed class RangeList permits Flight {
    /** Bytes of a record. */
    public static final int RECORD_LENGTH = 32;
    /** Most ranges of one connection; a peer that acknowledges single bytes gets no further. */
    static final int MAX_RANGES = 512;
    /** The end of a list. */
    static final int NONE = RecordSlab.NONE;

    private static final int NEXT_OFFSET = 0;
    private static final int SEQ_OFFSET = 4;
    private static final int END_OFFSET = 8;
    private static final int SENT_OFFSET = 12;
    private static final int SEGMENTS_OFFSET = 16;
    private static final int FATE_OFFSET = 20;
    /** The list's last record; kept in its first. */
    private static final int TAIL_OFFSET = 24;
    /** The list's records; kept in its first. */
    private static final int COUNT_OFFSET = 28;

    private final RecordSlab ranges;

    RangeList(final RecordSlab ranges) {
        this.ranges = ranges;
    }

    /** Whether the connection may have one range more. */
    final boolean hasRecord(final Tcb tcb) {
        final int head = head(tcb);
        return ranges.allocated() < ranges.capacity() && (head == NONE || count(head) < MAX_RANGES);
    }

    /** Puts a range of one segment behind the others; there is a record for it. Its slot. */
    final int append(final Tcb tcb, final int seq, final int end, final int micros, final int fate) {
        final int slot = ranges.allocate();
        write(slot, NONE, seq, end, micros, 1, fate);
        int head = head(tcb);
        if (head == NONE) {
            head = slot;
            head(tcb, slot);
            put(head, COUNT_OFFSET, 0);
        } else {
            put(tail(head), NEXT_OFFSET, slot);
        }
        put(head, TAIL_OFFSET, slot);
        put(head, COUNT_OFFSET, count(head) + 1);
        return slot;
    }

    /** Empties the list. */
    final void removeAll(final Tcb tcb) {
        int slot = head(tcb);
        while (slot != NONE) {
            final int next = next(slot);
            ranges.free(slot);
            slot = next;
        }
        head(tcb, NONE);
    }

    /** The first range, or {@link #NONE}. */
    final int head(final Tcb tcb) {
        return Memory.getInt(tcb.address() + TcbLayout.FLIGHT_HEAD_OFFSET);
    }

    /** The last range; there is one. */
    final int last(final Tcb tcb) {
        return tail(head(tcb));
    }

    /** The range before this one, or {@link #NONE}; walks the list. */
    final int before(final Tcb tcb, final int slot) {
        int previous = NONE;
        for (int each = head(tcb); each != slot; each = next(each)) {
            previous = each;
        }
        return previous;
    }

    /** The range after this one, or {@link #NONE}. */
    final int next(final int slot) {
        return get(slot, NEXT_OFFSET);
    }

    /** The range's first number. */
    final int seq(final int slot) {
        return get(slot, SEQ_OFFSET);
    }

    /** The number after its last. */
    final int end(final int slot) {
        return get(slot, END_OFFSET);
    }

    /** When it was sent, for the last time, µs. */
    final int sent(final int slot) {
        return get(slot, SENT_OFFSET);
    }

    final void sent(final int slot, final int micros) {
        put(slot, SENT_OFFSET, micros);
    }

    /** Its segments, as they were sent; after cuts an estimate, at least 1. */
    final int segments(final int slot) {
        return get(slot, SEGMENTS_OFFSET);
    }

    final void segments(final int slot, final int value) {
        put(slot, SEGMENTS_OFFSET, value);
    }

    /** What became of it: bits of {@link Flight}. */
    final int fate(final int slot) {
        return get(slot, FATE_OFFSET);
    }

    final void fate(final int slot, final int value) {
        put(slot, FATE_OFFSET, value);
    }

    /** Lets a range end later. */
    final void extend(final int slot, final int end) {
        put(slot, END_OFFSET, end);
    }

    /** Cuts a range in two at {@code at}, which lies within; false if there is no record for the second. */
    final boolean split(final Tcb tcb, final int slot, final int at) {
        final int head = head(tcb);
        if (!hasRecord(tcb)) {
            return false;
        }
        final int first = segmentsUntil(slot, at);
        final int second = ranges.allocate();
        write(second, next(slot), at, end(slot), sent(slot), Math.max(1, segments(slot) - first), fate(slot));
        put(slot, NEXT_OFFSET, second);
        put(slot, END_OFFSET, at);
        put(slot, SEGMENTS_OFFSET, first);
        put(head, COUNT_OFFSET, count(head) + 1);
        if (tail(head) == slot) {
            put(head, TAIL_OFFSET, second);
        }
        return true;
    }

    /** Gives a range's first numbers, up to {@code until}, to the one before it. */
    final void give(final Tcb tcb, final int slot, final int previous, final int until) {
        put(previous, END_OFFSET, until);
        if (until == end(slot)) {
            remove(tcb, previous, slot);
        } else {
            shorten(slot, until);
        }
    }

    final void shorten(final int slot, final int from) {
        put(slot, SEGMENTS_OFFSET, Math.max(1, segments(slot) - segmentsUntil(slot, from)));
        put(slot, SEQ_OFFSET, from);
    }

    /** How many of a range's segments lie before {@code until}, if all are of one size; at least 1. */
    final int segmentsUntil(final int slot, final int until) {
        final long length = end(slot) - seq(slot);
        return (int) Math.max(1, ((long) (until - seq(slot)) * segments(slot) + length / 2) / length);
    }

    /** Takes a range off the list; the one behind it. */
    final int remove(final Tcb tcb, final int previous, final int slot) {
        final int next = next(slot);
        final int head = head(tcb);
        final int count = count(head) - 1;
        final int tail = tail(head) == slot ? previous : tail(head);
        final int first = previous == NONE ? next : head;
        if (previous == NONE) {
            head(tcb, next);
        } else {
            put(previous, NEXT_OFFSET, next);
        }
        if (first != NONE) {
            put(first, COUNT_OFFSET, count);
            put(first, TAIL_OFFSET, tail);
        }
        ranges.free(slot);
        return next;
    }

    private void write(
            final int slot,
            final int next,
            final int seq,
            final int end,
            final int micros,
            final int segments,
            final int fate) {
        put(slot, NEXT_OFFSET, next);
        put(slot, SEQ_OFFSET, seq);
        put(slot, END_OFFSET, end);
        put(slot, SENT_OFFSET, micros);
        put(slot, SEGMENTS_OFFSET, segments);
        put(slot, FATE_OFFSET, fate);
    }

    private int tail(final int head) {
        return get(head, TAIL_OFFSET);
    }

    private int count(final int head) {
        return get(head, COUNT_OFFSET);
    }

    private void head(final Tcb tcb, final int slot) {
        Memory.putInt(tcb.address() + TcbLayout.FLIGHT_HEAD_OFFSET, slot);
    }

    private int get(final int slot, final int offset) {
        return Memory.getInt(ranges.address(slot) + offset);
    }

    private void put(final int slot, final int offset, final int value) {
        Memory.putInt(ranges.address(slot) + offset, value);
    }
}
