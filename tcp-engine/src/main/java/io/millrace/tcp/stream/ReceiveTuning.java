package io.millrace.tcp.stream;

import io.millrace.memory.Memory;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.table.BulkLayout;
import io.millrace.tcp.table.BulkRecords;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.timer.BurstClock;

/**
 * How large a connection's receive buffer, and so its window, may be: small at first, then twice what its application takes
 * in a round trip, so that the peer's window may double in the next one; never beyond the bound of its options, and no
 * larger while the shard's pool of buffers runs short. The idea is dynamic right-sizing (Feng and Fisk, 1999), as Linux has
 * it. Works on the side record, which a connection takes with its first large segment. Owned by the shard's thread;
 * allocates nothing.
 */
public final class ReceiveTuning {
    /** What a connection may have unread before it has shown more, bytes: what a SYN's window can say, and a byte. */
    public static final int INITIAL_BUFFER = 1 << 16;

    /** Segments of this size and above are bulk: none is smaller on any path (RFC 9293 §3.7.1, the default MSS). */
    private static final int BULK_TEXT = 500;
    /** So many segments on top: room for the reordering of a small window, as Linux leaves it. */
    private static final int SPARE_SEGMENTS = 16;

    private static final int MIN_ROUND_TRIP_US = 1_000;

    private final ByteChain chain;
    private final Registry<ConnectionOptions> options;
    private final BulkRecords bulk;
    private final BurstClock clock;

    /** For receive queues in {@code chain}. */
    public ReceiveTuning(
            final ByteChain chain,
            final Registry<ConnectionOptions> options,
            final BulkRecords bulk,
            final BurstClock clock) {
        this.chain = chain;
        this.options = options;
        this.bulk = bulk;
        this.clock = clock;
    }

    /** Bytes that the connection may have unread at present. */
    int buffer(final Tcb tcb) {
        final int bound = options.get(tcb.options()).receiveBufferBytes();
        if (bound <= INITIAL_BUFFER) {
            return bound;
        }
        final long at = bulk.of(tcb);
        final int tuned = at == 0 ? 0 : Memory.getInt(at + BulkLayout.RECEIVE_BUFFER_OFFSET);
        return Math.min(bound, Math.max(tuned, INITIAL_BUFFER));
    }

    /** Text next in sequence has come, and its application has taken what it wanted of it. */
    void onText(final Tcb tcb, final Segment segment) {
        long at = bulk.of(tcb);
        if (at == 0 || Memory.getInt(at + BulkLayout.TAKEN_TIME_OFFSET) == 0) {
            if (segment.textLength() < BULK_TEXT) {
                return;
            }
            at = bulk.take(tcb);
            Memory.putInt(at + BulkLayout.TAKEN_ROUND_OFFSET, INITIAL_BUFFER / 4);
            mark(tcb, at);
        }
        if (tcb.srtt() == 0 && tcb.is(TcbFlags.TIMESTAMPS)) {
            estimate(at, (clock.millis() + tcb.tsOffset() - segment.options().tsEcr()) * 1_000);
        }
        adjust(tcb, at);
    }

    /** The application has taken bytes that waited for it. */
    void onTaken(final Tcb tcb) {
        final long at = bulk.of(tcb);
        if (at != 0 && Memory.getInt(at + BulkLayout.TAKEN_TIME_OFFSET) != 0) {
            adjust(tcb, at);
        }
    }

    private void adjust(final Tcb tcb, final long at) {
        final int taken = takenUpTo(tcb) - Memory.getInt(at + BulkLayout.TAKEN_SEQ_OFFSET);
        final int elapsed = clock.micros() - Memory.getInt(at + BulkLayout.TAKEN_TIME_OFFSET);
        final int roundTrip = roundTrip(tcb, at);
        final int buffer = buffer(tcb);
        if (roundTrip == 0) {
            if (taken < buffer) {
                return;
            }
            estimate(at, elapsed); // a whole window takes a round trip, or more
        } else if (elapsed < roundTrip) {
            return;
        }
        if (taken > Memory.getInt(at + BulkLayout.TAKEN_ROUND_OFFSET)) {
            Memory.putInt(at + BulkLayout.TAKEN_ROUND_OFFSET, taken);
            final long wanted = 2L * taken + SPARE_SEGMENTS * tcb.mss();
            final int bound = options.get(tcb.options()).receiveBufferBytes();
            if (wanted > buffer && !chain.isScarce()) {
                Memory.putInt(at + BulkLayout.RECEIVE_BUFFER_OFFSET, (int) Math.min(wanted, bound));
            }
        }
        mark(tcb, at);
    }

    /** µs; our own sample where we send too, else the least that was seen; 0 for none. */
    private static int roundTrip(final Tcb tcb, final long at) {
        final int srtt = tcb.srtt();
        return srtt != 0 ? srtt : Memory.getInt(at + BulkLayout.RECEIVE_RTT_OFFSET);
    }

    private static void estimate(final long at, final int microseconds) {
        final int known = Memory.getInt(at + BulkLayout.RECEIVE_RTT_OFFSET);
        if (microseconds >= 0 && (known == 0 || microseconds < known)) {
            Memory.putInt(at + BulkLayout.RECEIVE_RTT_OFFSET, Math.max(microseconds, MIN_ROUND_TRIP_US));
        }
    }

    private void mark(final Tcb tcb, final long at) {
        Memory.putInt(at + BulkLayout.TAKEN_SEQ_OFFSET, takenUpTo(tcb));
        Memory.putInt(at + BulkLayout.TAKEN_TIME_OFFSET, clock.micros() | 1); // never 0, which says that none is set
    }

    /** The first number that the application has not taken. */
    private int takenUpTo(final Tcb tcb) {
        return tcb.rcvNxt() - chain.length(tcb.address() + TcbLayout.RECEIVE_CHAIN_OFFSET);
    }
}
