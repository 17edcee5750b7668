package io.millrace.tcp.stream;

import io.millrace.memory.Memory;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbLayout;

/**
 * What a connection remembers while its flight is in disorder: 64 bytes, one cache line, of a pool that all connections of
 * the shard share. A connection has the record from the first sign of disorder (a SACK block, a duplicate acknowledgment,
 * a probe, a time-out) until all is acknowledged; the others have none.
 *
 * <p>A flyweight: {@link #find} and {@link #acquire} put it on a connection's record. One instance a shard, owned by its
 * thread; allocates nothing. Where the pool is empty, losses are found by time-outs alone.
 */
public final class Recovery {
    /** Bytes of a record. */
    public static final int RECORD_LENGTH = 64;

    /** All in flight was given up by a time-out: slow start until what was sent before it is acknowledged. */
    static final int AFTER_TIMEOUT = 1;
    /** {@link #recover} means something. */
    static final int RECOVER_KNOWN = 1 << 1;
    /** RACK.xmit_ts and what belongs to it mean something. */
    static final int RACK_KNOWN = 1 << 2;
    /** RACK.dsack_round means something. */
    static final int DSACK_ROUND_KNOWN = 1 << 3;
    /** The retransmission timer's deadline is the reordering timer's (RFC 8985 §6.2 step 5). */
    static final int REORDERING_TIMER = 1 << 4;
    /** A tail loss probe is out, and nothing is known of it yet. */
    static final int PROBE_OUT = 1 << 5;
    /** That probe was sent before: TLP.is_retrans. */
    static final int PROBE_RESENT = 1 << 6;
    /** The last reduction of the window may turn out to be a mistake. */
    static final int UNDO_POSSIBLE = 1 << 7;
    /** {@link #firstResent} means something. */
    static final int HAS_RESENT = 1 << 8;

    /** A time-out may turn out to be a mistake by what is acknowledged next (RFC 5682, F-RTO). */
    static final int TIMEOUT_IN_DOUBT = 1 << 9;
    /** For that, new text goes out rather than what was given up. */
    static final int TRIES_NEW_TEXT = 1 << 10;

    private static final int RECOVER_OFFSET = 0;
    private static final int FACK_OFFSET = 4;
    private static final int RACK_SENT_OFFSET = 8;
    private static final int RACK_END_OFFSET = 12;
    private static final int RACK_RTT_OFFSET = 16;
    private static final int PRR_DELIVERED_OFFSET = 20;
    private static final int PRR_OUT_OFFSET = 24;
    private static final int PRR_FLIGHT_OFFSET = 28;
    private static final int PROBE_END_OFFSET = 32;
    private static final int UNDO_FROM_OFFSET = 36;
    private static final int FLAGS_OFFSET = 44;
    private static final int DUPLICATE_ACKS_OFFSET = 46;
    private static final int UNDO_SEGMENTS_OFFSET = 47;
    private static final int PRIOR_CWND_OFFSET = 48;
    private static final int PRIOR_SSTHRESH_OFFSET = 52;
    private static final int FIRST_RESENT_OFFSET = 56;
    private static final int DSACK_ROUND_OFFSET = 60;

    private final RecordSlab records;
    private final Flight flight;
    private long address;

    /** Over a pool of records of {@link #RECORD_LENGTH} bytes. */
    public Recovery(final RecordSlab records, final Flight flight) {
        this.records = records;
        this.flight = flight;
    }

    /** Moves to the connection's record; false if it has none. */
    boolean find(final Tcb tcb) {
        final int slot = slot(tcb);
        if (slot == RecordSlab.NONE) {
            return false;
        }
        address = records.address(slot);
        return true;
    }

    /** Moves to the connection's record, a new one if it had none; false if there is none to be had. */
    boolean acquire(final Tcb tcb) {
        if (find(tcb)) {
            return true;
        }
        final int slot = records.allocate();
        if (slot == RecordSlab.NONE) {
            return false;
        }
        Memory.putInt(tcb.address() + TcbLayout.RECOVERY_OFFSET, slot);
        address = records.address(slot);
        Memory.fill(address, RECORD_LENGTH, 0);
        fack(tcb.sndUna());
        return true;
    }

    /** Gives the connection's record back, if it has one. */
    void release(final Tcb tcb) {
        final int slot = slot(tcb);
        if (slot != RecordSlab.NONE) {
            records.free(slot);
            Memory.putInt(tcb.address() + TcbLayout.RECOVERY_OFFSET, RecordSlab.NONE);
        }
    }

    private static int slot(final Tcb tcb) {
        return Memory.getInt(tcb.address() + TcbLayout.RECOVERY_OFFSET);
    }

    /**
     * Bytes of a connection that are still in the network, as far as can be told: the pipe of RFC 6675 §4. Each byte counts
     * once at most. Without SACK each duplicate acknowledgment speaks of one segment that has left it.
     */
    int pipe(final Tcb tcb) {
        final int flightSize = tcb.sndNxt() - tcb.sndUna();
        if (!find(tcb)) {
            return flightSize;
        }
        return Math.max(0, flightSize - flight.length(tcb, Flight.SACKED | Flight.LOST) - duplicateAcks() * tcb.mss());
    }

    boolean is(final int flag) {
        return (Memory.getUnsignedShort(address + FLAGS_OFFSET) & flag) != 0;
    }

    void set(final int flag) {
        Memory.putShort(address + FLAGS_OFFSET, Memory.getUnsignedShort(address + FLAGS_OFFSET) | flag);
    }

    void clear(final int flag) {
        Memory.putShort(address + FLAGS_OFFSET, Memory.getUnsignedShort(address + FLAGS_OFFSET) & ~flag);
    }

    /** SND.NXT when the last loss was found: recovery ends there (RFC 6582, RFC 6675: RecoveryPoint). */
    int recover() {
        return Memory.getInt(address + RECOVER_OFFSET);
    }

    void recover(final int value) {
        Memory.putInt(address + RECOVER_OFFSET, value);
        set(RECOVER_KNOWN);
    }

    /** RACK.fack: the highest number delivered. */
    int fack() {
        return Memory.getInt(address + FACK_OFFSET);
    }

    void fack(final int value) {
        Memory.putInt(address + FACK_OFFSET, value);
    }

    /** RACK.xmit_ts, µs. */
    int rackSent() {
        return Memory.getInt(address + RACK_SENT_OFFSET);
    }

    void rackSent(final int value) {
        Memory.putInt(address + RACK_SENT_OFFSET, value);
    }

    /** RACK.end_seq. */
    int rackEnd() {
        return Memory.getInt(address + RACK_END_OFFSET);
    }

    void rackEnd(final int value) {
        Memory.putInt(address + RACK_END_OFFSET, value);
    }

    /** RACK.rtt, µs. */
    int rackRtt() {
        return Memory.getInt(address + RACK_RTT_OFFSET);
    }

    void rackRtt(final int value) {
        Memory.putInt(address + RACK_RTT_OFFSET, value);
    }

    /** RFC 9937: bytes delivered in this recovery. */
    int prrDelivered() {
        return Memory.getInt(address + PRR_DELIVERED_OFFSET);
    }

    void prrDelivered(final int value) {
        Memory.putInt(address + PRR_DELIVERED_OFFSET, value);
    }

    /** RFC 9937: bytes sent in this recovery. */
    int prrOut() {
        return Memory.getInt(address + PRR_OUT_OFFSET);
    }

    void prrOut(final int value) {
        Memory.putInt(address + PRR_OUT_OFFSET, value);
    }

    /** RFC 9937: RecoverFS, bytes in flight when recovery began. */
    int prrFlight() {
        return Memory.getInt(address + PRR_FLIGHT_OFFSET);
    }

    void prrFlight(final int value) {
        Memory.putInt(address + PRR_FLIGHT_OFFSET, value);
    }

    /** TLP.end_seq. */
    int probeEnd() {
        return Memory.getInt(address + PROBE_END_OFFSET);
    }

    void probeEnd(final int value) {
        Memory.putInt(address + PROBE_END_OFFSET, value);
    }

    /** SND.UNA when the window was reduced; what was sent again since lies after it. */
    int undoFrom() {
        return Memory.getInt(address + UNDO_FROM_OFFSET);
    }

    void undoFrom(final int value) {
        Memory.putInt(address + UNDO_FROM_OFFSET, value);
    }

    /** Segments sent again since, without those that a DSACK has called superfluous. */
    int undoSegments() {
        return Memory.getUnsignedByte(address + UNDO_SEGMENTS_OFFSET);
    }

    void undoSegments(final int value) {
        Memory.putByte(address + UNDO_SEGMENTS_OFFSET, value);
    }

    /** The congestion window before it was reduced. */
    int priorCwnd() {
        return Memory.getInt(address + PRIOR_CWND_OFFSET);
    }

    void priorCwnd(final int value) {
        Memory.putInt(address + PRIOR_CWND_OFFSET, value);
    }

    /** The slow start threshold before that. */
    int priorSsthresh() {
        return Memory.getInt(address + PRIOR_SSTHRESH_OFFSET);
    }

    void priorSsthresh(final int value) {
        Memory.putInt(address + PRIOR_SSTHRESH_OFFSET, value);
    }

    /** When something was sent again first since, ms. */
    int firstResent() {
        return Memory.getInt(address + FIRST_RESENT_OFFSET);
    }

    void firstResent(final int value) {
        Memory.putInt(address + FIRST_RESENT_OFFSET, value);
    }

    /** RACK.dsack_round: the reordering window does not grow again before this is acknowledged. */
    int dsackRound() {
        return Memory.getInt(address + DSACK_ROUND_OFFSET);
    }

    void dsackRound(final int value) {
        Memory.putInt(address + DSACK_ROUND_OFFSET, value);
    }

    /** Duplicate acknowledgments in a row, where the peer does not speak SACK; 255 at most. */
    int duplicateAcks() {
        return Memory.getUnsignedByte(address + DUPLICATE_ACKS_OFFSET);
    }

    void duplicateAcks(final int value) {
        Memory.putByte(address + DUPLICATE_ACKS_OFFSET, value);
    }
}
