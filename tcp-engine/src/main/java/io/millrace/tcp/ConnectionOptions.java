package io.millrace.tcp;

import java.util.ArrayList;
import java.util.List;

/**
 * What one connection, or the connections of one listener, may have other than the engine's defaults; immutable. Many
 * connections may share one.
 *
 * @param receiveBufferBytes bound of what may be unread, also the largest window offered: 64 KiB at first, and more as the
 *     application takes it; of a connection that is open
 *     already it bounds the window only as far as its scale, which was settled by the SYNs, allows.
 * @param sendBufferBytes bound of what may be unacknowledged.
 * @param maxSegmentBytes bound of the MSS announced and used; 0 leaves it to the MTU. Counts when the SYN is sent.
 * @param noDelay small segments are sent at once; false holds them back while data is unacknowledged (RFC 9293 §3.7.4,
 *     Nagle's algorithm).
 * @param cork segments that are not full are held back until it is cleared, or for 200 ms, whatever {@code noDelay} says; so
 *     what several writes bring leaves in full segments. What one callback writes leaves together anyway.
 * @param synRetries retransmissions of our SYN (RFC 9293 §3.8.3, R2).
 * @param userTimeoutMs how long something sent may stay unacknowledged before the connection is given up (RFC 5482); 0
 *     leaves it to the number of retransmissions.
 * @param keepAlive probes a silent peer (RFC 9293 §3.8.4).
 * @param keepAliveIdleMs silence before the first probe.
 * @param keepAliveIntervalMs between probes.
 * @param keepAliveProbes unanswered probes before the connection is given up.
 * @param congestion the congestion control; a connection that changes it goes on from the window it has.
 * @param pacing spreads what the window admits over the round trip, on paths of 2 ms and more.
 * @param ecn offers explicit congestion notification in our SYN, and agrees to it in a peer's (RFC 3168).
 * @param finWait2Ms how long FIN_WAIT_2 lasts once the application has closed; 0 resets the connection instead.
 */
public record ConnectionOptions(
        int receiveBufferBytes,
        int sendBufferBytes,
        int maxSegmentBytes,
        boolean noDelay,
        boolean cork,
        int synRetries,
        int userTimeoutMs,
        boolean keepAlive,
        int keepAliveIdleMs,
        int keepAliveIntervalMs,
        int keepAliveProbes,
        CongestionAlgorithm congestion,
        boolean pacing,
        boolean ecn,
        int finWait2Ms) {
    private static final int DAY_MS = 86_400_000;

    /** Checks every field; the exception names all that are wrong, their values and the allowed ranges. */
    public ConnectionOptions {
        final List<String> errors = new ArrayList<>();
        TcpConfig.within(errors, "receive-buffer", receiveBufferBytes, 1, 1 << 29);
        TcpConfig.within(errors, "send-buffer", sendBufferBytes, 1, 1 << 29);
        TcpConfig.within(errors, "max-segment", maxSegmentBytes, 0, 65_495);
        TcpConfig.within(errors, "syn-retries", synRetries, 0, 127);
        TcpConfig.within(errors, "user-timeout-ms", userTimeoutMs, 0, Integer.MAX_VALUE);
        TcpConfig.within(errors, "keep-alive-idle-ms", keepAliveIdleMs, 1, DAY_MS);
        TcpConfig.within(errors, "keep-alive-interval-ms", keepAliveIntervalMs, 1, DAY_MS);
        TcpConfig.within(errors, "keep-alive-probes", keepAliveProbes, 1, 127);
        TcpConfig.within(errors, "fin-wait-2-ms", finWait2Ms, 0, 3_600_000);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", errors));
        }
    }

    /** What a connection has of itself in an engine with these settings: no Nagle, no keep-alive, no user timeout. */
    public static ConnectionOptions defaults(final TcpConfig config) {
        return new ConnectionOptions(
                config.receiveBufferBytes(),
                config.sendBufferBytes(),
                0,
                true,
                false,
                config.synRetries(),
                0,
                false,
                7_200_000, // RFC 9293 §3.8.4, MUST-27: no less than two hours by default
                75_000,
                9,
                config.congestion(),
                config.pacing(),
                config.ecn(),
                config.finWait2Ms());
    }

    /** The MSS to announce, and to keep to, where the path would allow {@code pathMss}. */
    public int announcedMss(final int pathMss) {
        return maxSegmentBytes == 0 ? pathMss : Math.min(pathMss, maxSegmentBytes);
    }

    /** The window that a SYN offers, bytes: it is never scaled, RFC 7323 §2.2. */
    public int synWindow() {
        return Math.min(0xffff, receiveBufferBytes);
    }

    /** A builder that starts from these. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Collects options; each method is named after the field it sets. */
    public static final class Builder {
        private int receiveBufferBytes;
        private int sendBufferBytes;
        private int maxSegmentBytes;
        private boolean noDelay;
        private boolean cork;
        private int synRetries;
        private int userTimeoutMs;
        private boolean keepAlive;
        private int keepAliveIdleMs;
        private int keepAliveIntervalMs;
        private int keepAliveProbes;
        private CongestionAlgorithm congestion;
        private boolean pacing;
        private boolean ecn;
        private int finWait2Ms;

        private Builder(final ConnectionOptions from) {
            receiveBufferBytes = from.receiveBufferBytes;
            sendBufferBytes = from.sendBufferBytes;
            maxSegmentBytes = from.maxSegmentBytes;
            noDelay = from.noDelay;
            cork = from.cork;
            synRetries = from.synRetries;
            userTimeoutMs = from.userTimeoutMs;
            keepAlive = from.keepAlive;
            keepAliveIdleMs = from.keepAliveIdleMs;
            keepAliveIntervalMs = from.keepAliveIntervalMs;
            keepAliveProbes = from.keepAliveProbes;
            congestion = from.congestion;
            pacing = from.pacing;
            ecn = from.ecn;
            finWait2Ms = from.finWait2Ms;
        }

        public Builder receiveBufferBytes(final int value) {
            receiveBufferBytes = value;
            return this;
        }

        public Builder sendBufferBytes(final int value) {
            sendBufferBytes = value;
            return this;
        }

        public Builder maxSegmentBytes(final int value) {
            maxSegmentBytes = value;
            return this;
        }

        public Builder noDelay(final boolean value) {
            noDelay = value;
            return this;
        }

        public Builder cork(final boolean value) {
            cork = value;
            return this;
        }

        public Builder synRetries(final int value) {
            synRetries = value;
            return this;
        }

        public Builder userTimeoutMs(final int value) {
            userTimeoutMs = value;
            return this;
        }

        public Builder keepAlive(final boolean value) {
            keepAlive = value;
            return this;
        }

        public Builder keepAliveIdleMs(final int value) {
            keepAliveIdleMs = value;
            return this;
        }

        public Builder keepAliveIntervalMs(final int value) {
            keepAliveIntervalMs = value;
            return this;
        }

        public Builder keepAliveProbes(final int value) {
            keepAliveProbes = value;
            return this;
        }

        public Builder congestion(final CongestionAlgorithm value) {
            congestion = value;
            return this;
        }

        public Builder pacing(final boolean value) {
            pacing = value;
            return this;
        }

        public Builder ecn(final boolean value) {
            ecn = value;
            return this;
        }

        public Builder finWait2Ms(final int value) {
            finWait2Ms = value;
            return this;
        }

        /** Checks and freezes. */
        public ConnectionOptions build() {
            return new ConnectionOptions(
                    receiveBufferBytes,
                    sendBufferBytes,
                    maxSegmentBytes,
                    noDelay,
                    cork,
                    synRetries,
                    userTimeoutMs,
                    keepAlive,
                    keepAliveIdleMs,
                    keepAliveIntervalMs,
                    keepAliveProbes,
                    congestion,
                    pacing,
                    ecn,
                    finWait2Ms);
        }
    }
}
