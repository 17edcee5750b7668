package io.millrace.tcp.isn;

import io.millrace.tcp.table.SynOptions;

/**
 * SYN cookies (RFC 4987 §3.6): sequence numbers that carry what a full SYN queue cannot keep.
 *
 * <p>A cookie is 29 bits of SipHash over the addresses, the ports and the SYN's sequence number, and 3 bits, masked, that
 * name one of eight MSS values and also which 29 bits: so the numbers next to a cookie are none. Its key is that of the present step of a coarse counter, 65.5 s long, and holds for this
 * step and the next: nothing older is accepted, and a guess succeeds once in 2^28. A step's key is derived from the shard's
 * secret, so that no randomness has to be drawn while packets wait.
 *
 * <p>Where the SYN has timestamps, window scale, SACK and ECN ride in the low 6 bits of our TSval and come back in TSecr;
 * without them a cookie connection does without these options.
 *
 * <p>Owner: the shard's thread. Allocates nothing after construction.
 */
public final class SynCookies {
    /** What {@link #validate} says of an acknowledgment that was not a cookie of ours. */
    public static final int INVALID = 0;

    /** 2^16 ms are a step. */
    private static final int STEP_SHIFT = 16;

    private static final int STEP_MASK = (1 << Integer.SIZE - STEP_SHIFT) - 1;
    private static final int NO_STEP = -1;

    /** The common ones of IPv4, IPv6 and their tunnels; the first is the least that any host can mean. */
    private static final int[] MSS_VALUES = {88, 536, 1220, 1360, 1400, 1440, 1452, 1460};

    private static final int MSS_MASK = MSS_VALUES.length - 1;

    private static final int TIMESTAMP_BITS = (1 << 6) - 1;
    private static final int TIMESTAMP_WINDOW_SCALE = 0xf;
    private static final int TIMESTAMP_NO_WINDOW_SCALE = 0xf;
    private static final int TIMESTAMP_SACK = 1 << 4;
    private static final int TIMESTAMP_ECN = 1 << 5;

    private final SipHash secret;
    private int step = NO_STEP;
    private int lastStepUsed = NO_STEP;
    private long presentK0;
    private long presentK1;
    private long previousK0;
    private long previousK1;

    /** With the secret from which the steps' keys are derived. */
    public SynCookies(final SipHash secret) {
        this.secret = secret;
    }

    /**
     * The ISN that answers a SYN.
     *
     * @param ports {@code remotePort << 16 | localPort}
     * @param irs the SYN's sequence number
     * @param peerMss its MSS, of which the cookie keeps {@link #mss}
     */
    public int cookie(
            final long remoteHi,
            final long remoteLo,
            final long localHi,
            final long localLo,
            final int ports,
            final int irs,
            final int peerMss,
            final int nowMs) {
        turnTo(nowMs);
        lastStepUsed = step;
        final long prf = FlowPrf.of(presentK0, presentK1, remoteHi, remoteLo, localHi, localLo, pair(ports, irs));
        final int index = mssIndex(peerMss);
        return bits(prf, index) & ~MSS_MASK | (index ^ mask(prf)) & MSS_MASK;
    }

    /**
     * Whether a cookie of ours may still come back. While none can, no acknowledgment need be tried, and nobody can guess.
     */
    public boolean outstanding(final int nowMs) {
        return lastStepUsed != NO_STEP && ((nowMs >>> STEP_SHIFT) - lastStepUsed & STEP_MASK) <= 1;
    }

    /**
     * Tries the acknowledgment that completes a handshake.
     *
     * @param irs its sequence number less 1
     * @param cookie its acknowledgment number less 1
     * @return the peer's MSS as the cookie kept it, or {@link #INVALID}
     */
    public int validate(
            final long remoteHi,
            final long remoteLo,
            final long localHi,
            final long localLo,
            final int ports,
            final int irs,
            final int cookie,
            final int nowMs) {
        turnTo(nowMs);
        final long rest = pair(ports, irs);
        final int mss = mssOf(cookie, FlowPrf.of(presentK0, presentK1, remoteHi, remoteLo, localHi, localLo, rest));
        return mss != INVALID
                ? mss
                : mssOf(cookie, FlowPrf.of(previousK0, previousK1, remoteHi, remoteLo, localHi, localLo, rest));
    }

    /** The MSS that a cookie keeps of {@code peerMss}: the greatest of eight that does not exceed it, at least 88. */
    public static int mss(final int peerMss) {
        return MSS_VALUES[mssIndex(peerMss)];
    }

    /**
     * The TSval for a SYN-ACK with a cookie: the greatest one not after {@code tsval} whose low 6 bits tell
     * {@code options}, so that TSvals never run backwards; at most 63 ticks early.
     *
     * @param options a byte of {@link SynOptions}
     */
    public static int timestamp(final int tsval, final int options) {
        final int shift =
                SynOptions.windowScaling(options) ? SynOptions.windowScale(options) : TIMESTAMP_NO_WINDOW_SCALE;
        final int bits =
                shift | (SynOptions.sack(options) ? TIMESTAMP_SACK : 0) | (SynOptions.ecn(options) ? TIMESTAMP_ECN : 0);
        return tsval - (tsval - bits & TIMESTAMP_BITS);
    }

    /** The byte of {@link SynOptions} that {@link #timestamp} put into the TSval which comes back as {@code tsecr}. */
    public static int options(final int tsecr) {
        final int options = SynOptions.of((tsecr & TIMESTAMP_SACK) != 0, true, (tsecr & TIMESTAMP_ECN) != 0);
        final int shift = tsecr & TIMESTAMP_WINDOW_SCALE;
        return shift == TIMESTAMP_NO_WINDOW_SCALE ? options : SynOptions.withWindowScale(options, shift);
    }

    private static int mssIndex(final int peerMss) {
        int index = MSS_VALUES.length - 1;
        while (index > 0 && MSS_VALUES[index] > peerMss) {
            index--;
        }
        return index;
    }

    private static int mssOf(final int cookie, final long prf) {
        final int index = (cookie ^ mask(prf)) & MSS_MASK;
        return ((cookie ^ bits(prf, index)) & ~MSS_MASK) == 0 ? MSS_VALUES[index] : INVALID;
    }

    /** The bits that go with an MSS: eight windows on the lower 60, each four further on than the one before. */
    private static int bits(final long prf, final int index) {
        return (int) (prf >>> (index << 2));
    }

    /** What hides the index: bits that are in none of the windows. */
    private static int mask(final long prf) {
        return (int) (prf >>> 61);
    }

    private static long pair(final int ports, final int irs) {
        return (long) ports << 32 | irs & 0xffff_ffffL;
    }

    /** Takes the keys of the step that {@code nowMs} is in, and of the one before. */
    private void turnTo(final int nowMs) {
        final int now = nowMs >>> STEP_SHIFT;
        if (now != step) {
            final int previous = now - 1 & STEP_MASK;
            step = now;
            presentK0 = secret.hash(now, 0);
            presentK1 = secret.hash(now, 1);
            previousK0 = secret.hash(previous, 0);
            previousK1 = secret.hash(previous, 1);
        }
    }
}
