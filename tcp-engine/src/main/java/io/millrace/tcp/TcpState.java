package io.millrace.tcp;

/** The eleven states of a connection, RFC 9293 §3.3.2. The ordinal is what connection records store. */
public enum TcpState {
    /** No connection at all. */
    CLOSED,
    /** Waiting for a connection request from any remote TCP; held by a listener, never by a connection record. */
    LISTEN,
    /** Our SYN is out, a matching one is awaited. */
    SYN_SENT,
    /** A SYN has come and ours is out; the last ACK of the handshake is awaited. */
    SYN_RCVD,
    /** Data flows both ways. */
    ESTABLISHED,
    /** We have closed; our FIN is not acknowledged yet. */
    FIN_WAIT_1,
    /** Our FIN is acknowledged; the peer's is awaited. */
    FIN_WAIT_2,
    /** The peer has closed; our application has not. */
    CLOSE_WAIT,
    /** Both have closed at once; our FIN is not acknowledged yet. */
    CLOSING,
    /** The peer closed first, then we; the acknowledgment of our FIN is awaited. */
    LAST_ACK,
    /** Both FINs are acknowledged; 2 MSL must pass so that nothing old is mistaken for new. */
    TIME_WAIT
}
