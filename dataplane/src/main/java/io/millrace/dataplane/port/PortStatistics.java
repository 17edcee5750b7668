package io.millrace.dataplane.port;

/**
 * Counters of a port since its start.
 *
 * @param rxFrames frames received
 * @param rxBytes bytes received
 * @param rxMissed frames lost because a receive queue was full
 * @param rxErrors frames the device found broken
 * @param rxOversize frames received in several pieces that do not fit one frame, dropped at the port's edge; they are
 *     among the frames received
 * @param rxNoBuffer times no frame could be allocated to receive into
 * @param txFrames frames sent
 * @param txBytes bytes sent
 * @param txErrors frames that could not be sent
 */
public record PortStatistics(
        long rxFrames,
        long rxBytes,
        long rxMissed,
        long rxErrors,
        long rxOversize,
        long rxNoBuffer,
        long txFrames,
        long txBytes,
        long txErrors) {}
