package io.millrace.tcp.stream;

import io.millrace.tcp.egress.OptionWriter;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/**
 * Writes the SACK option of an acknowledgment: what has come twice, once (RFC 2883), and then the contiguous runs of the
 * reassembly queue, the one that something was added to last first, so that each run is reported several times (RFC 2018
 * §4). One instance a shard, owned by its thread; allocates nothing.
 */
public final class SackBlocks {
    /** Most blocks that an option has room for. */
    private static final int MOST = 4;

    private final Reassembly reassembly;
    private final int[] lefts = new int[MOST];
    private final int[] rights = new int[MOST];
    private final int[] arrivals = new int[MOST];
    /** The slot of the connection that has something to say of a duplicate; -1 for none. */
    private int duplicateOf = -1;

    private int duplicateLeft;
    private int duplicateRight;

    /** For the queues of {@code reassembly}. */
    public SackBlocks(final Reassembly reassembly) {
        this.reassembly = reassembly;
    }

    /** A segment is being processed: what was left to say of the one before is said no more. */
    void begin() {
        duplicateOf = -1;
    }

    /**
     * The segment's numbers from {@code left} to {@code right} came before; the acknowledgment that follows says so of the
     * first ones that hang together (RFC 2883 §4).
     */
    void duplicate(final Tcb tcb, final int left, final int right) {
        if (duplicateOf != tcb.slot()) {
            duplicateOf = tcb.slot();
            duplicateLeft = left;
            duplicateRight = right;
        } else if (left == duplicateRight) {
            duplicateRight = right;
        }
    }

    /** Whether there is something to report: a hole before what has come, or a duplicate. */
    boolean hasNews(final Tcb tcb) {
        return duplicateOf == tcb.slot() || !reassembly.isEmpty(tcb);
    }

    /** Writes the option at {@code at}; the bytes written, 0 when there is nothing to report. */
    int write(final Tcb tcb, final long at) {
        if (!hasNews(tcb)) {
            return 0;
        }
        final int most = tcb.is(TcbFlags.TIMESTAMPS) ? OptionWriter.MAX_SACK_BLOCKS_WITH_TIMESTAMPS : MOST;
        final long first = at + 4;
        int blocks = 0;
        if (duplicateOf == tcb.slot()) {
            duplicateOf = -1;
            OptionWriter.sackBlock(first, duplicateLeft, duplicateRight);
            blocks++;
        }
        final int runs = gather(tcb, most - blocks);
        for (int i = 0; i < runs; i++) {
            OptionWriter.sackBlock(first + blocks * 8L, lefts[i], rights[i]);
            blocks++;
        }
        return OptionWriter.sackHead(at, blocks) + blocks * 8;
    }

    /** Finds the runs that were added to last, at most {@code most}, newest first; how many. */
    private int gather(final Tcb tcb, final int most) {
        int runs = 0;
        int slot = reassembly.head(tcb);
        while (slot != Reassembly.NONE) {
            final int left = reassembly.seq(slot);
            int right = reassembly.end(slot);
            int arrival = reassembly.arrival(slot);
            slot = reassembly.next(slot);
            while (slot != Reassembly.NONE && reassembly.seq(slot) == right) {
                right = reassembly.end(slot);
                if (Reassembly.isNewer(reassembly.arrival(slot), arrival)) {
                    arrival = reassembly.arrival(slot);
                }
                slot = reassembly.next(slot);
            }
            if (left == right) {
                continue; // a FIN alone: it has a number, but no byte to report
            }
            int place = runs;
            while (place > 0 && Reassembly.isNewer(arrival, arrivals[place - 1])) {
                place--;
            }
            if (place < most) {
                runs = Math.min(runs + 1, most);
                insert(place, runs, left, right, arrival);
            }
        }
        return runs;
    }

    private void insert(final int place, final int runs, final int left, final int right, final int arrival) {
        for (int i = runs - 1; i > place; i--) {
            lefts[i] = lefts[i - 1];
            rights[i] = rights[i - 1];
            arrivals[i] = arrivals[i - 1];
        }
        lefts[place] = left;
        rights[place] = right;
        arrivals[place] = arrival;
    }
}
