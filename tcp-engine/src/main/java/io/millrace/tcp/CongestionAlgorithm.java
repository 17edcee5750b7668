package io.millrace.tcp;

/** How a connection's congestion window grows, and shrinks when the network loses something. */
public enum CongestionAlgorithm {
    /** CUBIC, RFC 9438: by the time since the last loss, and so at the same pace over short and long round trips. */
    CUBIC,
    /** Reno's, RFC 5681: by a segment each round trip. */
    NEW_RENO
}
