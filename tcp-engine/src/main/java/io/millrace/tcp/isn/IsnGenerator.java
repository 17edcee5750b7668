package io.millrace.tcp.isn;

/**
 * Initial sequence numbers by RFC 6528 §3: {@code ISN = M + F(tuple, secret)}, where M counts 4 µs and F is a keyed
 * pseudo-random function. Those of one tuple grow with time; those of two tuples say nothing about each other.
 *
 * <p>M is the wall clock at start plus monotonic time since. So with the same secret, numbers stay monotone across a
 * restart too (RFC 9293 §3.4.1), unless the wall clock was set back; with a new secret they do not, and a quiet time
 * (RFC 9293 §3.4.3) or timestamps must keep old segments out. Immutable, any thread; allocates nothing.
 */
public final class IsnGenerator {
    private static final int NANOS_PER_TICK = 4_000;
    /** How far beyond an old connection's numbers a new one begins: its largest unscaled window and two. */
    private static final int GUARD = 65_535 + 2;

    private final FlowPrf prf;
    private final long epochNanos;

    /**
     * With a secret, and two clocks read at the same moment.
     *
     * @param wallClockNanos ns since 1970
     * @param monotonicNanos the clock that {@link #isn} will be given
     */
    public IsnGenerator(final FlowPrf prf, final long wallClockNanos, final long monotonicNanos) {
        this.prf = prf;
        epochNanos = wallClockNanos - monotonicNanos;
    }

    /** The ISN of a connection that is opened now. */
    public int isn(
            final long remoteHi,
            final long remoteLo,
            final long localHi,
            final long localLo,
            final int ports,
            final long nowNanos) {
        final long secret = prf.of(remoteHi, remoteLo, localHi, localLo, ports);
        return (int) ((epochNanos + nowNanos) / NANOS_PER_TICK + secret);
    }

    /**
     * {@code isn}, or a later number if it is not beyond the SND.NXT of the connection that had the tuple before
     * (RFC 1122 §4.2.2.13): one that sent faster than the clock counts may have overtaken it.
     */
    public static int beyond(final int isn, final int oldSndNxt) {
        return isn - oldSndNxt > 0 ? isn : oldSndNxt + GUARD;
    }
}
