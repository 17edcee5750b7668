package io.millrace.tcp.state;

/** Comparison of sequence numbers and of other 32-bit clocks, modulo 2^32 (RFC 9293 §3.4). Any thread. */
public final class Sequence {
    private Sequence() {}

    /** a &lt; b. */
    public static boolean before(final int a, final int b) {
        return a - b < 0;
    }

    /** a ≤ b. */
    public static boolean atOrBefore(final int a, final int b) {
        return a - b <= 0;
    }

    /** a &gt; b. */
    public static boolean after(final int a, final int b) {
        return a - b > 0;
    }

    /** a ≥ b. */
    public static boolean atOrAfter(final int a, final int b) {
        return a - b >= 0;
    }

    /** low ≤ number ≤ high. */
    public static boolean between(final int low, final int number, final int high) {
        return number - low >= 0 && high - number >= 0;
    }

    /** The later of two. */
    public static int max(final int a, final int b) {
        return a - b >= 0 ? a : b;
    }

    /** The earlier of two. */
    public static int min(final int a, final int b) {
        return a - b <= 0 ? a : b;
    }
}
