package io.millrace.tcp.stream;

import io.millrace.memory.Memory;
import io.millrace.tcp.egress.OptionWriter;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/**
 * Writes the SACK option of an acknowledgment from the reassembly queue: contiguous runs of waiting segments, the one with
 * the newest segment first (RFC 2018 §4). Stateless; allocates nothing.
 */
public final class SackBlocks {
    private final Reassembly reassembly;

    /** For the queues of {@code reassembly}. */
    public SackBlocks(final Reassembly reassembly) {
        this.reassembly = reassembly;
    }

    /** Writes the option at {@code at}; the bytes written, 0 when nothing waits. */
    int write(final Tcb tcb, final long at) {
        if (reassembly.isEmpty(tcb)) {
            return 0;
        }
        final int most = tcb.is(TcbFlags.TIMESTAMPS) ? OptionWriter.MAX_SACK_BLOCKS_WITH_TIMESTAMPS : 4;
        final int newest = tcb.sackNewest();
        final long first = at + 4; // kept for the run with the newest segment
        boolean firstWritten = false;
        int blocks = 1;
        int slot = reassembly.head(tcb);
        while (slot != Reassembly.NONE) {
            final int left = reassembly.seq(slot);
            int right = reassembly.end(slot);
            slot = reassembly.next(slot);
            while (slot != Reassembly.NONE && reassembly.seq(slot) == right) {
                right = reassembly.end(slot);
                slot = reassembly.next(slot);
            }
            if (!firstWritten && newest - left >= 0 && right - newest > 0) {
                OptionWriter.sackBlock(first, left, right);
                firstWritten = true;
            } else if (blocks < most) {
                OptionWriter.sackBlock(first + blocks * 8L, left, right);
                blocks++;
            }
        }
        if (!firstWritten) {
            blocks--; // the newest was delivered since: the last block written takes its place
            Memory.copy(first + blocks * 8L, first, 8);
        }
        return OptionWriter.sackHead(at, blocks) + blocks * 8;
    }
}
