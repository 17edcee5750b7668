package io.millrace.dataplane.counters;

import java.util.Optional;

/**
 * Everything that is counted, one sentence each. The order is the layout of a {@link CounterBlock}; the mapped file
 * carries the names, so it may change. Where Linux counts the same, {@link #linuxName} is its name in {@code nstat}.
 */
public enum Counter {
    /** Frames taken from a receive queue. */
    FRAMES_RECEIVED,
    /** Bytes of the frames taken from a receive queue. */
    BYTES_RECEIVED,
    /** Frames handed to a transmit queue. */
    FRAMES_TRANSMITTED,
    /** Bytes of the frames handed to a transmit queue. */
    BYTES_TRANSMITTED,
    /** Received frames handed to TCP. */
    FRAMES_TO_TCP,
    /** Received frames handed to the ARP and ICMP responders. */
    FRAMES_TO_HOST,
    /** Frames dropped because the transmit queue stayed full. */
    TRANSMIT_DROPS,
    /** Received frames dropped because the ring to their shard was full. */
    SHARD_RING_DROPS,
    /** Frames dropped because the ring to the IO core was full. */
    EGRESS_RING_DROPS,
    /** Times a frame was wanted and the pool was empty. */
    FRAMES_EXHAUSTED,

    /** Drop: shorter than an Ethernet header or the header it announces. */
    DROP_TRUNCATED_FRAME,
    /** Drop: spread over more than one buffer, which we never ask for. */
    DROP_SEGMENTED_FRAME,
    /** Drop: neither IPv4 nor ARP. */
    DROP_UNKNOWN_ETHER_TYPE,
    /** Drop: tagged for a VLAN that is not ours. */
    DROP_OTHER_VLAN,
    /** Drop: IPv6, not spoken yet. */
    DROP_IPV6,
    /** Drop: unicast to another station's MAC address. */
    DROP_OTHER_STATION,
    /** Drop: IP packet to the broadcast or a multicast MAC address. */
    DROP_LINK_BROADCAST,
    /** Drop: source MAC address is a group address or our own. */
    DROP_BAD_SOURCE_MAC,
    /** Drop: IP version field does not agree with the EtherType. */
    DROP_IP_VERSION,
    /** Drop: IPv4 header length below 20 or past the end of the packet. */
    DROP_IP_HEADER_LENGTH,
    /** Drop: IP total length below the header's or past the end of the frame. */
    DROP_IP_TOTAL_LENGTH,
    /** Drop: wrong IPv4 header checksum. */
    DROP_IP_CHECKSUM("IpInHdrErrors"),
    /** Drop: IPv4 fragment; fragments are not reassembled. */
    DROP_IP_FRAGMENT("IpReasmFails"),
    /** Drop: source address is broadcast, multicast, loopback or unspecified. */
    DROP_BAD_SOURCE_ADDRESS,
    /** Drop: destination address is broadcast or multicast. */
    DROP_BROADCAST_ADDRESS,
    /** Drop: destination is not one of our addresses. */
    DROP_OTHER_ADDRESS("IpInAddrErrors"),
    /** Drop: source and destination address and port are the same (LAND). */
    DROP_LAND,
    /** Drop: neither TCP nor ICMP. */
    DROP_UNKNOWN_PROTOCOL("IpInUnknownProtos"),
    /** Drop: TCP segment shorter than a TCP header. */
    DROP_TCP_TRUNCATED("TcpInErrs"),
    /** Drop: TCP data offset below 5 or past the end of the segment. */
    DROP_TCP_DATA_OFFSET("TcpInErrs"),
    /** Drop: wrong TCP checksum. */
    DROP_TCP_CHECKSUM("TcpInCsumErrors"),
    /** Drop: none of the control bits that give a segment a meaning. */
    DROP_TCP_NO_FLAGS,
    /** Drop: SYN together with FIN. */
    DROP_TCP_SYN_FIN,
    /** Drop: SYN together with RST. */
    DROP_TCP_SYN_RST,
    /** Drop: malformed ARP packet. */
    DROP_BAD_ARP,
    /** Drop: malformed ICMP message. */
    DROP_BAD_ICMP("IcmpInErrors"),
    /** Drop: ICMP message that is not answered or used. */
    DROP_UNUSED_ICMP,

    /** ARP requests for one of our addresses. */
    ARP_REQUESTS_RECEIVED,
    /** ARP replies sent. */
    ARP_REPLIES_SENT,
    /** ARP replies received. */
    ARP_REPLIES_RECEIVED,
    /** ARP requests sent, gratuitous ones among them. */
    ARP_REQUESTS_SENT,
    /** Next hops that did not answer. */
    NEIGHBORS_UNREACHABLE,
    /** Next hops given up because the neighbor table was full. */
    NEIGHBOR_TABLE_OVERFLOWS,
    /** Frames dropped because their next hop stayed unresolved, or its queue was full. */
    NEIGHBOR_QUEUE_DROPS,
    /** ICMP echo requests received. */
    ICMP_ECHOS("IcmpInEchos"),
    /** ICMP echo replies sent. */
    ICMP_ECHO_REPLIES("IcmpOutEchoReps"),
    /** ICMP echo requests not answered because of the rate limit. */
    ICMP_RATE_LIMITED("IcmpOutRateLimitGlobal"),

    /** TCP segments received. */
    TCP_SEGMENTS_RECEIVED("TcpInSegs"),
    /** TCP segments sent. */
    TCP_SEGMENTS_SENT("TcpOutSegs"),
    /** Segments, SYNs and FINs sent again. */
    TCP_SEGMENTS_RETRANSMITTED("TcpRetransSegs"),
    /** RST segments sent. */
    TCP_RESETS_SENT("TcpOutRsts"),
    /** Connections opened from here. */
    TCP_ACTIVE_OPENS("TcpActiveOpens"),
    /** Connections opened by a peer. */
    TCP_PASSIVE_OPENS("TcpPassiveOpens"),
    /** Connection attempts that failed. */
    TCP_ATTEMPT_FAILS("TcpAttemptFails"),
    /** Connections reset after they were established. */
    TCP_ESTABLISHED_RESETS("TcpEstabResets"),
    /** Connections that reached their orderly end. */
    TCP_CLOSES,
    /** Connections given up by a timeout. */
    TCP_ABORT_ON_TIMEOUT("TcpExtTCPAbortOnTimeout"),
    /** Connections reset because the application closed with data unread. */
    TCP_ABORT_ON_CLOSE("TcpExtTCPAbortOnClose"),
    /** Connections reset because data arrived after the application closed. */
    TCP_ABORT_ON_DATA("TcpExtTCPAbortOnData"),
    /** SYNs received by a listener. */
    TCP_SYNS_RECEIVED,
    /** SYNs for a port nobody listens on. */
    TCP_SYNS_REFUSED,
    /** SYNs and SYN-ACKs sent again. */
    TCP_SYN_RETRANSMITS("TcpExtTCPSynRetrans"),
    /** FINs sent again. */
    TCP_FIN_RETRANSMITS,
    /** Retransmission timeouts. */
    TCP_TIMEOUTS("TcpExtTCPTimeouts"),
    /** SYNs dropped by a listener for whatever reason. */
    LISTEN_DROPS("TcpExtListenDrops"),
    /** Connections that met a full accept queue. */
    LISTEN_OVERFLOWS("TcpExtListenOverflows"),
    /** Half-open connections thrown out of a full SYN queue. */
    SYN_QUEUE_EVICTIONS,
    /** SYNs dropped because the SYN queue was full. */
    SYN_QUEUE_DROPS("TcpExtTCPReqQFullDrop"),
    /** Half-open connections given up after the last SYN-ACK. */
    SYN_QUEUE_TIMEOUTS,
    /** SYNs answered by a cookie because the SYN queue was full. */
    SYNCOOKIES_SENT("TcpExtSyncookiesSent"),
    /** Cookies that came back good. */
    SYNCOOKIES_RECEIVED("TcpExtSyncookiesRecv"),
    /** Acknowledgments that carried no good cookie. */
    SYNCOOKIES_FAILED("TcpExtSyncookiesFailed"),
    /** Connections refused because the connection table was full. */
    CONNECTION_TABLE_OVERFLOWS,
    /** Active opens refused because no local port was free. */
    EPHEMERAL_PORTS_EXHAUSTED,
    /** Connections that entered TIME_WAIT. */
    TIME_WAIT_ENTERED,
    /** TIME_WAIT entries that ended by the 2 MSL timer. */
    TIME_WAIT_EXPIRED("TcpExtTW"),
    /** TIME_WAIT entries reopened by a new SYN. */
    TIME_WAIT_RECYCLED("TcpExtTWRecycled"),
    /** TIME_WAIT entries that could not be held because the table was full. */
    TIME_WAIT_OVERFLOWS("TcpExtTCPTimeWaitOverflow"),
    /** Challenge ACKs sent (RFC 5961). */
    CHALLENGE_ACKS("TcpExtTCPChallengeACK"),
    /** Challenge ACKs that the rate limit held back. */
    CHALLENGE_ACKS_SKIPPED("TcpExtTCPACKSkippedChallenge"),
    /** SYNs in a synchronized state (RFC 5961 §4). */
    SYN_CHALLENGES("TcpExtTCPSYNChallenge"),
    /** Segments rejected by PAWS (RFC 7323 §5). */
    PAWS_REJECTED("TcpExtPAWSEstab"),
    /** Segments outside the receive window. */
    OUT_OF_WINDOW,
    /** Segments queued out of order. */
    OUT_OF_ORDER_QUEUED("TcpExtTCPOFOQueue"),
    /** Commands of other threads executed. */
    COMMANDS_EXECUTED,

    /** Gauge: half-open connections now. */
    SYN_QUEUE_ENTRIES,
    /** Gauge: the most half-open connections so far. */
    SYN_QUEUE_PEAK,
    /** Gauge: connections that wait to be accepted now. */
    ACCEPT_QUEUE_ENTRIES,
    /** Gauge: connections in the table now. */
    CONNECTIONS,
    /** Gauge: entries in TIME_WAIT now. */
    TIME_WAIT_ENTRIES,
    /** Gauge: bytes of memory the TIME_WAIT entries take. */
    TIME_WAIT_BYTES,
    /** Nanoseconds of duty cycles in which there was work. */
    DUTY_WORK_NANOS,
    /** Nanoseconds of duty cycles in which there was none, idling among them. */
    DUTY_IDLE_NANOS,
    /** Duty cycles. */
    DUTY_CYCLES;

    /** Number of counters. */
    public static final int COUNT = values().length;

    private final String linuxName;

    Counter() {
        this("");
    }

    Counter(final String linuxName) {
        this.linuxName = linuxName;
    }

    /** The name {@code nstat} gives to the same count, if Linux has it. */
    public Optional<String> linuxName() {
        return linuxName.isEmpty() ? Optional.empty() : Optional.of(linuxName);
    }
}
