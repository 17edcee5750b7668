package io.millrace.tcp;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The TCP engine's settings; immutable. Counts are for the whole engine and are divided evenly among its shards.
 *
 * @param maxConnections connection records, 256 bytes each; memory is touched only as it is used.
 * @param synQueueCapacity half-open connections over all listeners.
 * @param timeWaitCapacity TIME_WAIT entries of IPv4; when full the oldest goes first.
 * @param timeWaitIpv6Capacity TIME_WAIT entries of IPv6; where none is given an eighth of IPv4's.
 * @param timeWaitMs 2 MSL, 1,000 to 240,000 ms (RFC 9293 §3.4.2 has 4 minutes, practice 60 s).
 * @param ignoreResetsInTimeWait true has TIME_WAIT outlast an RST (RFC 1337); false ends it by one with exactly RCV.NXT.
 * @param reuseTimeWait true lets an active open take a tuple that has been in TIME_WAIT for a second, if both connections
 *     have timestamps (RFC 6191 §4); false, as Linux has it but for loopback, keeps it for all of 2 MSL.
 * @param quietTimeMs for so long after the start no TCP segment is sent, and none is heard (RFC 9293 §3.4.3), 0 to
 *     240,000 ms. 0 relies on ISNs from the wall clock and a new secret, and on the peers' timestamps.
 * @param finWait2Ms how long FIN_WAIT_2 lasts once the application has closed, ms.
 * @param synAckRetries retransmissions of a SYN-ACK; 5 give a half-open lifetime of 63 s.
 * @param synRetries retransmissions of our SYN; 7 make R2 at least 3 minutes (RFC 9293 §3.8.3).
 * @param dataRetries retransmissions of data or FIN before the connection is given up.
 * @param timestamps offer and accept timestamps (RFC 7323 §3).
 * @param windowScaling offer and accept window scaling (RFC 7323 §2).
 * @param sack offer and accept selective acknowledgments (RFC 2018).
 * @param congestion congestion control of connections that have none of their own.
 * @param pacing spreads what a window admits over the round trip, on paths of 2 ms and more, where a connection does not say
 *     otherwise; on by default.
 * @param ecn offer and accept explicit congestion notification (RFC 3168) where a connection does not say; off by default.
 * @param receiveBufferBytes bound of what one connection may have unread, also the largest window offered; a window begins
 *     with 64 KiB at most, and grows with what the application takes in a round trip.
 * @param sendBufferBytes bound of what one connection may have unacknowledged.
 * @param bufferPoolBytes off-heap memory for the send and receive buffers of all connections.
 * @param firstEphemeralPort first local port of active opens.
 * @param lastEphemeralPort last local port of active opens.
 * @param prefault take real memory for the tables at start; false takes it as they fill, and waits for the kernel then.
 * @param resetClosedPorts true answers segments to ports that nobody listens on with RST; false keeps silent (stealth).
 *     Ports that are listened on answer as ever.
 * @param strayResetsPerSecond the most RSTs in answer to segments of no connection, 0 for no limit. There is none unless
 *     asked for: an RST is no longer than what it answers, a limit makes honest clients wait for a time-out, and how much
 *     of it is left tells who asks what others have used up.
 * @param synsPerSecondPerPrefix the most SYNs a second to listeners from one /24 of IPv4 or /64 of IPv6, and as many at
 *     once; 0 for no limit. Who can forge addresses can use up the share of a network.
 * @param standingQueueMs when frames have waited for so long without a moment in which none did, SYNs are shed that are
 *     more than the other segments of a batch and an eighth of it, ever fewer while the queue runs empty again; 0 never sheds.
 */
public record TcpConfig(
        int maxConnections,
        int synQueueCapacity,
        int timeWaitCapacity,
        int timeWaitIpv6Capacity,
        int timeWaitMs,
        boolean ignoreResetsInTimeWait,
        boolean reuseTimeWait,
        int quietTimeMs,
        int finWait2Ms,
        int synAckRetries,
        int synRetries,
        int dataRetries,
        boolean timestamps,
        boolean windowScaling,
        boolean sack,
        CongestionAlgorithm congestion,
        boolean pacing,
        boolean ecn,
        int receiveBufferBytes,
        int sendBufferBytes,
        long bufferPoolBytes,
        int firstEphemeralPort,
        int lastEphemeralPort,
        boolean prefault,
        boolean resetClosedPorts,
        int strayResetsPerSecond,
        int synsPerSecondPerPrefix,
        int standingQueueMs) {

    /** The most TIME_WAIT entries of IPv4: with those of IPv6 they must have slots of their own in the flow index. */
    public static final int MAX_TIME_WAIT = 100_000_000;

    /** Checks every field; the exception names all that are wrong, their values and the allowed ranges. */
    public TcpConfig {
        final List<String> errors = new ArrayList<>();
        within(errors, "max-connections", maxConnections, 1, 1 << 26);
        within(errors, "syn-queue", synQueueCapacity, 1, 1 << 26);
        within(errors, "time-wait-capacity", timeWaitCapacity, 1, MAX_TIME_WAIT);
        within(errors, "time-wait-ipv6-capacity", timeWaitIpv6Capacity, 1, 1 << 25);
        within(errors, "time-wait-ms", timeWaitMs, 1_000, 240_000);
        within(errors, "quiet-time-ms", quietTimeMs, 0, 240_000);
        within(errors, "fin-wait-2-ms", finWait2Ms, 1_000, 3_600_000);
        within(errors, "syn-ack-retries", synAckRetries, 0, 7);
        within(errors, "syn-retries", synRetries, 0, 12);
        within(errors, "data-retries", dataRetries, 1, 15);
        within(errors, "receive-buffer", receiveBufferBytes, 2_048, 1 << 29);
        within(errors, "send-buffer", sendBufferBytes, 2_048, 1 << 29);
        within(errors, "buffer-pool", bufferPoolBytes, 1 << 16, 1L << 40);
        within(errors, "first-ephemeral-port", firstEphemeralPort, 1, 65_535);
        within(errors, "last-ephemeral-port", lastEphemeralPort, firstEphemeralPort, 65_535);
        within(errors, "stray-resets-per-second", strayResetsPerSecond, 0, 1 << 24);
        within(errors, "syns-per-second-per-prefix", synsPerSecondPerPrefix, 0, 1_000_000);
        within(errors, "standing-queue-ms", standingQueueMs, 0, 60_000);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", errors));
        }
    }

    static void within(final List<String> errors, final String key, final long value, final long min, final long max) {
        if (value < min || value > max) {
            errors.add(key + " " + value + " is out of range: give " + min + " to " + max);
        }
    }

    /** Settings to start from: what a server of moderate size wants. */
    public static Builder builder() {
        return new Builder();
    }

    /** The defaults. */
    public static TcpConfig defaults() {
        return builder().build();
    }

    /** Collects settings; each method is named after the field it sets. */
    public static final class Builder {
        /** Where nothing else is said, IPv6 has room for one entry in so many of IPv4. */
        private static final int IPV6_SHARE = 8;

        private int maxConnections = 1 << 20;
        private int synQueueCapacity = 1 << 17;
        private int timeWaitCapacity = 1 << 21;
        private OptionalInt timeWaitIpv6Capacity = OptionalInt.empty();
        private int timeWaitMs = 60_000;
        private boolean ignoreResetsInTimeWait = true;
        private boolean reuseTimeWait;
        private int quietTimeMs;
        private int finWait2Ms = 60_000;
        private int synAckRetries = 5;
        private int synRetries = 7;
        private int dataRetries = 15;
        private boolean timestamps = true;
        private boolean windowScaling = true;
        private boolean sack = true;
        private CongestionAlgorithm congestion = CongestionAlgorithm.CUBIC;
        private boolean pacing = true;
        private boolean ecn;
        private int receiveBufferBytes = 256 * 1024;
        private int sendBufferBytes = 256 * 1024;
        private long bufferPoolBytes = 256L << 20;
        private int firstEphemeralPort = 1_024;
        private int lastEphemeralPort = 65_535;
        private boolean prefault;
        private boolean resetClosedPorts = true;
        private int strayResetsPerSecond;
        private int synsPerSecondPerPrefix;
        private int standingQueueMs = 20;

        private Builder() {}

        public Builder maxConnections(final int value) {
            maxConnections = value;
            return this;
        }

        public Builder synQueueCapacity(final int value) {
            synQueueCapacity = value;
            return this;
        }

        public Builder timeWaitCapacity(final int value) {
            timeWaitCapacity = value;
            return this;
        }

        public Builder timeWaitIpv6Capacity(final int value) {
            timeWaitIpv6Capacity = OptionalInt.of(value);
            return this;
        }

        public Builder timeWaitMs(final int value) {
            timeWaitMs = value;
            return this;
        }

        public Builder ignoreResetsInTimeWait(final boolean value) {
            ignoreResetsInTimeWait = value;
            return this;
        }

        public Builder reuseTimeWait(final boolean value) {
            reuseTimeWait = value;
            return this;
        }

        public Builder quietTimeMs(final int value) {
            quietTimeMs = value;
            return this;
        }

        public Builder finWait2Ms(final int value) {
            finWait2Ms = value;
            return this;
        }

        public Builder synAckRetries(final int value) {
            synAckRetries = value;
            return this;
        }

        public Builder synRetries(final int value) {
            synRetries = value;
            return this;
        }

        public Builder dataRetries(final int value) {
            dataRetries = value;
            return this;
        }

        public Builder timestamps(final boolean value) {
            timestamps = value;
            return this;
        }

        public Builder windowScaling(final boolean value) {
            windowScaling = value;
            return this;
        }

        public Builder sack(final boolean value) {
            sack = value;
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

        public Builder receiveBufferBytes(final int value) {
            receiveBufferBytes = value;
            return this;
        }

        public Builder sendBufferBytes(final int value) {
            sendBufferBytes = value;
            return this;
        }

        public Builder bufferPoolBytes(final long value) {
            bufferPoolBytes = value;
            return this;
        }

        public Builder ephemeralPorts(final int first, final int last) {
            firstEphemeralPort = first;
            lastEphemeralPort = last;
            return this;
        }

        public Builder prefault(final boolean value) {
            prefault = value;
            return this;
        }

        public Builder resetClosedPorts(final boolean value) {
            resetClosedPorts = value;
            return this;
        }

        public Builder strayResetsPerSecond(final int value) {
            strayResetsPerSecond = value;
            return this;
        }

        public Builder synsPerSecondPerPrefix(final int value) {
            synsPerSecondPerPrefix = value;
            return this;
        }

        public Builder standingQueueMs(final int value) {
            standingQueueMs = value;
            return this;
        }

        /** Checks and freezes. */
        public TcpConfig build() {
            return new TcpConfig(
                    maxConnections,
                    synQueueCapacity,
                    timeWaitCapacity,
                    timeWaitIpv6Capacity.orElse(Math.max(1, timeWaitCapacity / IPV6_SHARE)),
                    timeWaitMs,
                    ignoreResetsInTimeWait,
                    reuseTimeWait,
                    quietTimeMs,
                    finWait2Ms,
                    synAckRetries,
                    synRetries,
                    dataRetries,
                    timestamps,
                    windowScaling,
                    sack,
                    congestion,
                    pacing,
                    ecn,
                    receiveBufferBytes,
                    sendBufferBytes,
                    bufferPoolBytes,
                    firstEphemeralPort,
                    lastEphemeralPort,
                    prefault,
                    resetClosedPorts,
                    strayResetsPerSecond,
                    synsPerSecondPerPrefix,
                    standingQueueMs);
        }
    }
}
