package io.millrace.cli;

import io.millrace.tcp.TcpConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that size the TCP engine's tables and set its timeouts and limits. */
final class TableOptions {
    @Option(
            names = "--max-connections",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Room for connections (default: 1M).")
    private long maxConnections = 1 << 20;

    @Option(
            names = "--syn-queue",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Room for half-open connections, over all ports (default: 128k).")
    private long synQueue = 128 << 10;

    @Option(
            names = "--time-wait-capacity",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Room for TIME_WAIT entries of IPv4 (default: 2M).")
    private long timeWaitCapacity = 2 << 20;

    @Option(
            names = "--time-wait-ipv6-capacity",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Room for TIME_WAIT entries of IPv6 (default: an eighth of IPv4's).")
    private Optional<Long> timeWaitIpv6Capacity = Optional.empty();

    @Option(
            names = "--time-wait-seconds",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "2 MSL, 1 to 240 s (default: ${DEFAULT-VALUE}).")
    private long timeWaitSeconds = 60;

    @Option(
            names = "--reuse-time-wait",
            description = "Let connects take a port that has been in TIME_WAIT for 1 s with timestamps.")
    private boolean reuseTimeWait;

    @Option(
            names = "--quiet-time",
            converter = Quantity.Count.class,
            paramLabel = "SECONDS",
            description = "Send nothing for so long after the start, 0 to 240 s (default: ${DEFAULT-VALUE}).")
    private long quietTime = 0;

    @Option(names = "--stealth", description = "Do not answer at ports that nobody listens on.")
    private boolean stealth;

    @Option(
            names = "--reset-rate",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "The most resets a second to segments of no connection; 0: any number (default).")
    private long resetRate = 0;

    @Option(
            names = "--syn-rate",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "The most SYNs a second from each /24 or /64, up to 1000000; 0: any number (default).")
    private long synRate = 0;

    @Option(
            names = "--prefault",
            description = "Take memory for the tables at start, instead of when they fill: no pauses later.")
    private boolean prefault;

    void check(final List<String> errors) {
        Checked.within(errors, "--max-connections", maxConnections, 1, 1 << 26);
        Checked.within(errors, "--syn-queue", synQueue, 1, 1 << 26);
        Checked.within(errors, "--time-wait-capacity", timeWaitCapacity, 1, TcpConfig.MAX_TIME_WAIT);
        timeWaitIpv6Capacity.ifPresent(
                capacity -> Checked.within(errors, "--time-wait-ipv6-capacity", capacity, 1, 1 << 25));
        Checked.within(errors, "--time-wait-seconds", timeWaitSeconds, 1, 240);
        Checked.within(errors, "--quiet-time", quietTime, 0, 240);
        Checked.within(errors, "--reset-rate", resetRate, 0, 1 << 24);
        Checked.within(errors, "--syn-rate", synRate, 0, 1_000_000);
    }

    int synQueue() {
        return (int) synQueue;
    }

    TcpConfig toConfig() {
        final TcpConfig.Builder builder = TcpConfig.builder()
                .maxConnections((int) maxConnections)
                .synQueueCapacity((int) synQueue)
                .timeWaitCapacity((int) timeWaitCapacity)
                .timeWaitMs((int) Duration.ofSeconds(timeWaitSeconds).toMillis())
                .reuseTimeWait(reuseTimeWait)
                .quietTimeMs((int) Duration.ofSeconds(quietTime).toMillis())
                .resetClosedPorts(!stealth)
                .strayResetsPerSecond((int) resetRate)
                .synsPerSecondPerPrefix((int) synRate)
                .prefault(prefault);
        timeWaitIpv6Capacity.ifPresent(capacity -> builder.timeWaitIpv6Capacity(capacity.intValue()));
        return builder.build();
    }
}
