package io.millrace.tcp.table;

/**
 * Where the side record of a connection that has moved bulk keeps what: 64 bytes, one cache line. Each group of fields has
 * one class that reads and writes it.
 */
public final class BulkLayout {
    /** Bytes of a record. */
    public static final int LENGTH = 64;

    /** Bytes at the start of the record that are HyStart's during the first slow start, and CUBIC's afterwards. */
    public static final int GROWTH_LENGTH = 24;
    /** HyStart: SND.NXT when the present round began. */
    public static final int ROUND_END_OFFSET = 0;
    /** HyStart: the least round trip of the round before, µs; 0 for none. */
    public static final int LAST_MIN_RTT_OFFSET = 4;
    /** HyStart: the least round trip of the present round, µs; 0 for none. */
    public static final int ROUND_MIN_RTT_OFFSET = 8;
    /** HyStart: samples of the present round. */
    public static final int ROUND_SAMPLES_OFFSET = 12;
    /** HyStart: the least round trip when conservative slow start began, µs. */
    public static final int BASELINE_RTT_OFFSET = 16;
    /** HyStart: the round of conservative slow start, from 1; 0 outside it; 2 bytes. */
    public static final int CONSERVATIVE_ROUNDS_OFFSET = 20;
    /** HyStart: 1 from the first round on; 2 bytes. */
    public static final int ROUND_KNOWN_OFFSET = 22;

    /** CUBIC: W_max, bytes; 0 for none. */
    public static final int W_MAX_OFFSET = 0;
    /** CUBIC: when the present congestion avoidance stage began, ms; 0 until it does. */
    public static final int EPOCH_OFFSET = 4;
    /** CUBIC: K, ms. */
    public static final int K_OFFSET = 8;
    /** CUBIC: W_est, bytes. */
    public static final int W_EST_OFFSET = 12;
    /** CUBIC: bytes acknowledged that W_est has not grown by yet. */
    public static final int W_EST_ACKED_OFFSET = 16;
    /** CUBIC: cwnd_prior, bytes. */
    public static final int CWND_PRIOR_OFFSET = 20;
    /** The window: when it was used to the full last, or reduced as it was not, ms; 0 while unknown. */
    public static final int FULL_AT_OFFSET = 24;

    /** Pacing: when all that was sent would have left at the pace, µs, but for the lowest bit. */
    public static final int PACED_UNTIL_OFFSET = 28;

    /** ECN: SND.NXT when the window was reduced last; until that is acknowledged nobody asks how much of it is used. */
    public static final int ECN_REDUCED_OFFSET = 32;
    /** The window: the most bytes of it that were used since it was used to the full. */
    public static final int WINDOW_USED_OFFSET = ECN_REDUCED_OFFSET;

    /** Receive tuning: up to where the application had taken text when the present round trip began. */
    public static final int TAKEN_SEQ_OFFSET = 36;
    /** Receive tuning: when that was, µs; 0 before the first. */
    public static final int TAKEN_TIME_OFFSET = 40;
    /** Receive tuning: the most bytes that it took in a round trip so far. */
    public static final int TAKEN_ROUND_OFFSET = 44;
    /** Receive tuning: bytes that may be unread; 0 for the initial buffer. */
    public static final int RECEIVE_BUFFER_OFFSET = 48;
    /** Receive tuning: the round trip as the receiver sees it, µs; 0 while unknown. */
    public static final int RECEIVE_RTT_OFFSET = 52;

    /** Urgent data: the first number after it. */
    public static final int URGENT_END_OFFSET = 56;

    /** Path MTU: the MSS before it was lowered; 2 bytes. */
    public static final int MSS_BEFORE_OFFSET = 60;
    /** Path MTU: when it was lowered last, s, in 2 bytes. */
    public static final int MSS_LOWERED_OFFSET = 62;

    private BulkLayout() {}
}
