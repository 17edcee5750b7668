package io.millrace.tcp;

/** Why a segment could not be delivered, as an ICMP error said, which anybody may have forged (RFC 5927). */
public enum NetworkError {
    /** There is no way to the network, or none that is allowed. */
    NETWORK_UNREACHABLE,
    /** There is no way to the host, or none that is allowed; or it took longer than the packet may live. */
    HOST_UNREACHABLE,
    /** The host speaks no TCP. */
    PROTOCOL_UNREACHABLE,
    /** Nobody listens on the port. */
    PORT_UNREACHABLE,
    /** The way that the source has chosen could not be gone. */
    SOURCE_ROUTE_FAILED,
    /** Nobody knows the host. */
    HOST_UNKNOWN,
    /** The host that sent is cut off. */
    HOST_ISOLATED,
    /** A policy forbids it, as IPv6 says it. */
    PROHIBITED,
    /** Something in the headers was not understood. */
    PARAMETER_PROBLEM
}
