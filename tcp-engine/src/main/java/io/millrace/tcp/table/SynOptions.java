package io.millrace.tcp.table;

/**
 * What the peer's SYN offered and we accepted, in one byte: window scale in bits 0 to 3, then a bit each for window
 * scaling, SACK, timestamps and ECN. Stateless; allocates nothing.
 */
public final class SynOptions {
    /** Window scaling is in use; the shift is {@link #windowScale}. */
    public static final int WINDOW_SCALING = 1 << 4;
    /** Selective acknowledgments are in use. */
    public static final int SACK = 1 << 5;
    /** Timestamps are in use. */
    public static final int TIMESTAMPS = 1 << 6;
    /** ECN was negotiated. */
    public static final int ECN = 1 << 7;
    /** The greatest shift (RFC 7323 §2.3). */
    public static final int MAXIMUM_WINDOW_SCALE = 14;

    private static final int WINDOW_SCALE_MASK = 0xf;

    private SynOptions() {}

    /** {@code options} without ECN. */
    public static int withoutEcn(final int options) {
        return options & ~ECN;
    }

    /** The flags that hold, with no window scaling. */
    public static int of(final boolean sack, final boolean timestamps, final boolean ecn) {
        return (sack ? SACK : 0) | (timestamps ? TIMESTAMPS : 0) | (ecn ? ECN : 0);
    }

    /** {@code options} with window scaling by {@code shift}, at most 14 (a greater one counts as 14, RFC 7323 §2.3). */
    public static int withWindowScale(final int options, final int shift) {
        return options & ~WINDOW_SCALE_MASK | WINDOW_SCALING | Math.min(shift, MAXIMUM_WINDOW_SCALE);
    }

    /** The peer's shift; 0 without window scaling. */
    public static int windowScale(final int options) {
        return options & WINDOW_SCALE_MASK;
    }

    /** Whether window scaling is in use. */
    public static boolean windowScaling(final int options) {
        return (options & WINDOW_SCALING) != 0;
    }

    /** Whether selective acknowledgments are in use. */
    public static boolean sack(final int options) {
        return (options & SACK) != 0;
    }

    /** Whether timestamps are in use. */
    public static boolean timestamps(final int options) {
        return (options & TIMESTAMPS) != 0;
    }

    /** Whether ECN was negotiated. */
    public static boolean ecn(final int options) {
        return (options & ECN) != 0;
    }
}
