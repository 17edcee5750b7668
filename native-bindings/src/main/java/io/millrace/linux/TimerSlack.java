package io.millrace.linux;

/**
 * How late Linux may wake the calling thread from a timed sleep, so as to wake several at once: 50 µs unless told. Control
 * path: called once when a polling thread starts.
 */
public final class TimerSlack {
    private static final int PR_SET_TIMERSLACK = 29;
    private static final int PR_GET_TIMERSLACK = 30;

    private TimerSlack() {}

    /** Sets it for the calling (platform) thread, in nanoseconds, at least 1. */
    public static void set(final long nanos) {
        if (nanos < 1) { // 0 means the default to prctl(2)
            throw new IllegalArgumentException("timer slack " + nanos + " ns: must be at least 1");
        }
        final int result = CLibrary.get().prctl(PR_SET_TIMERSLACK, nanos);
        if (result < 0) {
            throw new LinuxException("prctl(PR_SET_TIMERSLACK)", -result, "short sleeps last 50 µs longer");
        }
    }

    /** The calling thread's, in nanoseconds. */
    public static long get() {
        return CLibrary.get().prctl(PR_GET_TIMERSLACK, 0);
    }
}
