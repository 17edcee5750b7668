package io.millrace.tcp.stream;

import io.millrace.dataplane.port.PortFrames;
import io.millrace.memory.Memory;
import io.millrace.tcp.state.Sequence;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbLayout;

/**
 * Segments that came before their turn, kept in their frames, or copied where too many are kept, until the hole before them is filled (RFC 9293 §3.10.7.4
 * SHLD-31). Each connection has a list sorted by sequence number, linked through records of a pool that all connections
 * of the shard share; a segment that overlaps its neighbours is trimmed to what is new.
 *
 * <p>Owned by the shard's thread; allocates nothing. Bounded by the pool, and for each connection by {@link #MAX_SEGMENTS}.
 */
public final class Reassembly {
    /** Most segments one connection may have waiting. */
    public static final int MAX_SEGMENTS = 512;
    /** Bytes of a record. */
    public static final int RECORD_LENGTH = 32;
    /** What became of a segment: its frame is kept. */
    public static final int KEPT = 0;
    /** Its text was copied, and the frame may go. */
    public static final int COPIED = 1;
    /** All of it waits already. */
    public static final int NOTHING_NEW = 2;
    /** There is no place for it. */
    public static final int NO_ROOM = 3;
    /** The end of a list. */
    public static final int NONE = RecordSlab.NONE;

    private static final int NEXT_OFFSET = 0;
    private static final int SEQ_OFFSET = 4;
    private static final int LENGTH_OFFSET = 8;
    /** The FIN in the lowest bit, and above it the number of the arrival that brought or repeated the segment. */
    private static final int ARRIVAL_OFFSET = 12;

    /** The frame that the text is in; or 0 for none, or the complement of a block's slot, which is negative. */
    private static final int HOLDER_OFFSET = 16;

    private static final int TEXT_OFFSET = 24;

    private final RecordSlab records;
    private final RecordSlab blocks;
    private final PortFrames frames;
    private int arrivals;
    private boolean duplicate;
    private int duplicateFrom;
    private int duplicateTo;

    /**
     * Over a pool of records of {@link #RECORD_LENGTH} bytes; frames that are no longer needed go to {@code frames}.
     *
     * @param blocks buffers of {@link ByteChain#BLOCK_LENGTH} bytes for text whose frame may not be kept.
     */
    public Reassembly(final RecordSlab records, final RecordSlab blocks, final PortFrames frames) {
        this.records = records;
        this.blocks = blocks;
        this.frames = frames;
    }

    /**
     * Takes a segment in. What of it lies before waiting text is cut, and segments that it spans give way to it, so that
     * what is kept of it is one piece. Nothing is kept behind a FIN.
     *
     * @param length bytes of text; may be 0 if there is a FIN.
     * @return {@link #KEPT} if the frame is; {@link #COPIED}; {@link #NOTHING_NEW}; or {@link #NO_ROOM}.
     */
    public int add(
            final Tcb tcb, final int seq, final long text, final int length, final boolean fin, final long mbuf) {
        duplicate = false;
        int previous = NONE;
        int next = head(tcb);
        int from = seq;
        while (next != NONE && Sequence.atOrBefore(seq(next), from)) {
            from = Sequence.max(from, end(next));
            previous = next;
            next = next(next);
        }
        int to = seq + length;
        boolean finFits = fin;
        noteDuplicate(seq, Sequence.min(from, to));
        if (previous != NONE && Sequence.after(end(previous), seq)) {
            arrival(previous, ++arrivals); // RFC 2018 §4: the block of what has just come goes first, be it new or not
        }
        if (Sequence.before(to, from) || to == from && !fin || previous != NONE && isFin(previous)) {
            return NOTHING_NEW;
        }
        while (next != NONE && Sequence.atOrBefore(end(next), to)) {
            noteDuplicate(seq(next), end(next));
            if (isFin(next)) {
                to = end(next);
                finFits = true;
            }
            next = remove(tcb, previous, next);
        }
        if (next != NONE && Sequence.before(seq(next), to)) {
            noteDuplicate(seq(next), to);
            to = seq(next);
            finFits = false;
        }
        if (count(tcb) >= MAX_SEGMENTS) {
            return NO_ROOM;
        }
        final int slot = records.allocate();
        if (slot == NONE) {
            return NO_ROOM;
        }
        final long record = records.address(slot);
        Memory.putInt(record + NEXT_OFFSET, next);
        Memory.putInt(record + SEQ_OFFSET, from);
        Memory.putInt(record + LENGTH_OFFSET, to - from);
        Memory.putInt(record + ARRIVAL_OFFSET, ++arrivals << 1 | (finFits ? 1 : 0));
        final int outcome = hold(record, mbuf, text + (from - seq), to - from);
        if (outcome == NO_ROOM) {
            records.free(slot);
            return NO_ROOM;
        }
        link(tcb, previous, slot);
        count(tcb, count(tcb) + 1);
        return outcome;
    }

    /** Finds the text a place until its turn has come: its frame, or, where no more may be kept, a block. */
    private int hold(final long record, final long mbuf, final long text, final int length) {
        if (frames.keep(mbuf)) {
            Memory.putLong(record + HOLDER_OFFSET, mbuf);
            Memory.putLong(record + TEXT_OFFSET, text);
            return KEPT;
        }
        if (length == 0) {
            Memory.putLong(record + HOLDER_OFFSET, 0); // a FIN alone needs no place
            return COPIED;
        }
        final int block = length > ByteChain.BLOCK_LENGTH ? NONE : blocks.allocate();
        if (block == NONE) {
            return NO_ROOM;
        }
        Memory.copy(text, blocks.address(block), length);
        Memory.putLong(record + HOLDER_OFFSET, ~(long) block);
        Memory.putLong(record + TEXT_OFFSET, blocks.address(block));
        return COPIED;
    }

    private void link(final Tcb tcb, final int previous, final int slot) {
        if (previous == NONE) {
            head(tcb, slot);
        } else {
            Memory.putInt(records.address(previous) + NEXT_OFFSET, slot);
        }
    }

    /** Takes a segment off the list and frees its frame; the one behind it. */
    private int remove(final Tcb tcb, final int previous, final int slot) {
        final int next = next(slot);
        link(tcb, previous, next);
        count(tcb, count(tcb) - 1);
        final long holder = Memory.getLong(records.address(slot) + HOLDER_OFFSET);
        if (holder > 0) {
            frames.freeKept(holder);
        } else if (holder < 0) {
            blocks.free((int) ~holder);
        }
        records.free(slot);
        return next;
    }

    /** Whether nothing waits. */
    public boolean isEmpty(final Tcb tcb) {
        return head(tcb) == NONE;
    }

    /** The first segment, or {@link #NONE}. */
    public int head(final Tcb tcb) {
        return Memory.getInt(tcb.address() + TcbLayout.REASSEMBLY_HEAD_OFFSET);
    }

    /** The segment after this one, or {@link #NONE}. */
    public int next(final int slot) {
        return Memory.getInt(records.address(slot) + NEXT_OFFSET);
    }

    /** Sequence number of the segment's first byte. */
    public int seq(final int slot) {
        return Memory.getInt(records.address(slot) + SEQ_OFFSET);
    }

    /** Bytes of text. */
    public int length(final int slot) {
        return Memory.getInt(records.address(slot) + LENGTH_OFFSET);
    }

    /** The first sequence number after the text. */
    public int end(final int slot) {
        return seq(slot) + length(slot);
    }

    /** Whether a FIN follows the text. */
    public boolean isFin(final int slot) {
        return (Memory.getInt(records.address(slot) + ARRIVAL_OFFSET) & 1) != 0;
    }

    /** Number of the arrival that brought the segment, or a part of it again: 31 bits that wrap. */
    int arrival(final int slot) {
        return Memory.getInt(records.address(slot) + ARRIVAL_OFFSET) >>> 1;
    }

    private void arrival(final int slot, final int number) {
        Memory.putInt(records.address(slot) + ARRIVAL_OFFSET, number << 1 | (isFin(slot) ? 1 : 0));
    }

    /** Whether one arrival came after another. */
    static boolean isNewer(final int arrival, final int other) {
        return arrival - other << 1 > 0;
    }

    /** Whether part of the segment that was added last waits already: the first such part that hangs together (RFC 2883 §4). */
    boolean hasDuplicate() {
        return duplicate;
    }

    /** Where that part begins. */
    int duplicateFrom() {
        return duplicateFrom;
    }

    /** Where it ends. */
    int duplicateTo() {
        return duplicateTo;
    }

    private void noteDuplicate(final int from, final int to) {
        if (!duplicate && Sequence.before(from, to)) {
            duplicate = true;
            duplicateFrom = from;
            duplicateTo = to;
        } else if (duplicate && from == duplicateTo) {
            duplicateTo = to;
        }
    }

    /** Address of the text. */
    public long textAddress(final int slot) {
        return Memory.getLong(records.address(slot) + TEXT_OFFSET);
    }

    /** The frame that a segment is kept in; 0 if it is in none. */
    long frame(final int slot) {
        return Math.max(0, Memory.getLong(records.address(slot) + HOLDER_OFFSET));
    }

    /** A segment's frame, which stays kept, is another's from here on. */
    void handOver(final int slot) {
        Memory.putLong(records.address(slot) + HOLDER_OFFSET, 0);
    }

    /** Takes the first segment off the list, and frees its frame. */
    public void removeFirst(final Tcb tcb) {
        remove(tcb, NONE, head(tcb));
    }

    /** Empties the list. */
    public void clear(final Tcb tcb) {
        while (!isEmpty(tcb)) {
            removeFirst(tcb);
        }
    }

    private void head(final Tcb tcb, final int slot) {
        Memory.putInt(tcb.address() + TcbLayout.REASSEMBLY_HEAD_OFFSET, slot);
    }

    private static int count(final Tcb tcb) {
        return Memory.getInt(tcb.address() + TcbLayout.REASSEMBLY_COUNT_OFFSET);
    }

    private static void count(final Tcb tcb, final int count) {
        Memory.putInt(tcb.address() + TcbLayout.REASSEMBLY_COUNT_OFFSET, count);
    }
}
