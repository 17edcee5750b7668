package io.millrace.tcp;

import io.millrace.dataplane.wire.IpAddress;

/**
 * One connection at one moment, with what {@code ss -tino} would show of it; immutable. A half-open or TIME_WAIT entry has no
 * more than its addresses, its timer and its retransmissions.
 *
 * @param state its state.
 * @param local our address.
 * @param localPort our port.
 * @param remote the peer's address.
 * @param remotePort the peer's port.
 * @param receiveQueue bytes that the application has not taken.
 * @param sendQueue bytes that the peer has not acknowledged, those not sent yet among them.
 * @param timer what it waits for.
 * @param timerMs how long it still waits, ms; 0 where it waits for nothing.
 * @param retransmits how often what is in flight has been sent again, or a closed window probed, in a row.
 * @param rto retransmission time-out, ms; each that has passed in vain has doubled it.
 * @param rttMicros smoothed round-trip time, µs; 0 before the first sample.
 * @param rttVarianceMicros its variation, µs.
 * @param congestionWindow bytes.
 * @param slowStartThreshold bytes; {@link Integer#MAX_VALUE} before the first loss.
 * @param maxSegment most bytes of text and options in a segment to the peer.
 * @param sendWindow the peer's window, bytes.
 * @param receiveWindow our window as the peer knows it, bytes.
 * @param sendShift shift of the peer's windows, -1 where windows are not scaled.
 * @param receiveShift shift of ours.
 * @param timestamps whether segments carry timestamps.
 * @param sack whether SACK may be used.
 */
public record TcpConnectionInfo(
        TcpState state,
        IpAddress local,
        int localPort,
        IpAddress remote,
        int remotePort,
        int receiveQueue,
        int sendQueue,
        Timer timer,
        int timerMs,
        int retransmits,
        int rto,
        int rttMicros,
        int rttVarianceMicros,
        int congestionWindow,
        int slowStartThreshold,
        int maxSegment,
        int sendWindow,
        int receiveWindow,
        int sendShift,
        int receiveShift,
        boolean timestamps,
        boolean sack) {
    /** What a connection waits for, the first of several. */
    public enum Timer {
        /** Nothing. */
        NONE,
        /** An acknowledgment: then it sends again; of a half-open connection, the SYN-ACK. */
        RETRANSMISSION,
        /** The next probe of a closed window. */
        PERSIST,
        /** The next look at a silent peer. */
        KEEP_ALIVE,
        /** The end of FIN_WAIT_2, or of TIME_WAIT. */
        END
    }

    /** One that has no record. */
    public static TcpConnectionInfo bare(
            final TcpState state,
            final IpAddress local,
            final IpAddress remote,
            final int ports,
            final Timer timer,
            final int timerMs,
            final int retransmits,
            final boolean timestamps,
            final boolean sack) {
        return new TcpConnectionInfo(
                state,
                local,
                ports & 0xffff,
                remote,
                ports >>> 16,
                0,
                0,
                timer,
                timerMs,
                retransmits,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                -1,
                0,
                timestamps,
                sack);
    }
}
