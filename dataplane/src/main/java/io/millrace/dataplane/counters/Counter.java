package io.millrace.dataplane.counters;

import java.util.Optional;

/**
 * Everything that is counted, one sentence each. The order is the layout of a {@link CounterBlock}; the mapped file
 * carries the names, so it may change. Where Linux counts the same, {@link #linuxName} is its name in {@code nstat}.
 */
public enum Counter {
    FRAMES_RECEIVED("Frames taken from a receive queue"),
    BYTES_RECEIVED("Bytes of the frames taken from a receive queue"),
    FRAMES_TRANSMITTED("Frames handed to a transmit queue"),
    BYTES_TRANSMITTED("Bytes of the frames handed to a transmit queue"),
    FRAMES_TO_TCP("Received frames handed to TCP"),
    FRAMES_TO_HOST("Received frames handed to the responders of ARP, ICMP and neighbor discovery"),
    TRANSMIT_DROPS("Frames dropped because the transmit queue stayed full"),
    FRAMES_HANDED_OVER("Received frames handed to the shard that owns their flow, by the one whose queue they came by"),
    RSS_COMPARISONS("Received segments whose RSS hash and queue were compared with what they should be"),
    RSS_DISAGREEMENTS("Comparisons that failed; after the first the port's flows are steered in software"),
    SHARD_RING_DROPS("Received frames dropped because the ring to their shard was full"),
    EGRESS_RING_DROPS("Frames dropped because the ring to the IO core was full"),
    FRAMES_EXHAUSTED("Times a frame was wanted and the pool was empty"),

    DROP_TRUNCATED_FRAME("Drop: shorter than an Ethernet header or the header it announces"),
    DROP_SEGMENTED_FRAME("Drop: spread over more than one buffer, which we never ask for"),
    DROP_UNKNOWN_ETHER_TYPE("Drop: neither IPv4, IPv6 nor ARP"),
    DROP_OTHER_VLAN("Drop: tagged for a VLAN that is not ours"),
    DROP_IPV6("Drop: IPv6 to a port without an IPv6 address"),
    DROP_OTHER_STATION("Drop: unicast to another station's MAC address"),
    DROP_LINK_BROADCAST("Drop: unicast IP packet to the broadcast or a multicast MAC address"),
    DROP_BAD_SOURCE_MAC("Drop: source MAC address is a group address or our own"),
    DROP_IP_VERSION("Drop: IP version field does not agree with the EtherType"),
    DROP_IP_HEADER_LENGTH("Drop: IPv4 header length below 20 or past the end of the packet"),
    DROP_IP_TOTAL_LENGTH("Drop: IP length below the header's or past the end of the frame"),
    DROP_IP_CHECKSUM("Drop: wrong IPv4 header checksum", "IpInHdrErrors"),
    DROP_BAD_SOURCE_ADDRESS("Drop: source address is broadcast, multicast, loopback, unspecified or one of ours"),
    DROP_BROADCAST_ADDRESS("Drop: destination address is broadcast, or multicast that is not ours to hear"),
    DROP_OTHER_ADDRESS("Drop: destination is not one of our addresses", "IpInAddrErrors"),
    DROP_LAND("Drop: source and destination address are the same (LAND)"),
    DROP_UNKNOWN_PROTOCOL("Drop: neither TCP, UDP nor ICMP", "IpInUnknownProtos"),
    DROP_UDP("Drop: UDP, to whose ports nobody listens", "UdpNoPorts"),
    DROP_IPV6_NO_NEXT_HEADER("Drop: IPv6 packet that carries nothing"),
    DROP_IPV6_EXTENSION_TRUNCATED(
            "Drop: IPv6 extension header or option past the end of the packet", "Ip6InTruncatedPkts"),
    DROP_IPV6_EXTENSIONS_TOO_LONG("Drop: more than 8 IPv6 extension headers, or more than 192 bytes of them"),
    DROP_IPV6_ROUTING_HEADER("Drop: IPv6 routing header with segments left, which is for routers", "Ip6InHdrErrors"),
    DROP_IPV6_OPTION("Drop: unknown IPv6 option that asks for it (RFC 8200 §4.2)"),
    DROP_TCP_TRUNCATED("Drop: TCP segment shorter than a TCP header", "TcpInErrs"),
    DROP_TCP_DATA_OFFSET("Drop: TCP data offset below 5 or past the end of the segment", "TcpInErrs"),
    DROP_TCP_CHECKSUM("Drop: wrong TCP checksum", "TcpInCsumErrors"),
    DROP_ARP_TRUNCATED("Drop: shorter than an ARP packet"),
    DROP_ICMP_TRUNCATED("Drop: ICMP message shorter than its header", "IcmpInErrors"),
    DROP_FRAGMENT_MALFORMED("Drop: fragment that is empty, ends off the eights, or lies past the longest packet"),
    DROP_FRAGMENT_TINY("Drop: first fragment without the whole header above IP, or another that overwrites it"),
    DROP_FRAGMENT_OVERLAP("Drop: fragment that overlaps another; it costs the datagram", "IpExtReasmOverlaps"),
    DROP_FRAGMENT_DUPLICATE("Drop: fragment that is there already, exactly"),
    DROP_FRAGMENT_TOO_LARGE("Drop: fragment of a datagram longer than a frame of the pool; it costs the datagram"),
    DROP_FRAGMENT_TOO_MANY("Drop: one fragment more than a datagram may have; it costs the datagram"),
    DROP_FRAGMENT_NO_FRAME("Drop: fragment of a new datagram while the pool is empty"),
    DROP_FRAGMENT_OF_DISCARDED("Drop: fragment of a datagram that was discarded before"),

    IP_REASSEMBLY_REQUIRED("IPv4 fragments that came to be put together", "IpReasmReqds"),
    IP_REASSEMBLED("IPv4 datagrams put together, each of which is classified as if it had come whole", "IpReasmOKs"),
    IP_REASSEMBLY_FAILS("IPv4 datagrams given up before they were whole, for whatever reason", "IpReasmFails"),
    IP_REASSEMBLY_TIMEOUTS("IPv4 datagrams given up because their time was over", "IpReasmTimeout"),
    IP6_REASSEMBLY_REQUIRED("IPv6 fragments that came to be put together", "Ip6ReasmReqds"),
    IP6_REASSEMBLED("IPv6 datagrams put together, each of which is classified as if it had come whole", "Ip6ReasmOKs"),
    IP6_REASSEMBLY_FAILS("IPv6 datagrams given up before they were whole, for whatever reason", "Ip6ReasmFails"),
    IP6_REASSEMBLY_TIMEOUTS("IPv6 datagrams given up because their time was over", "Ip6ReasmTimeout"),
    IP6_ATOMIC_FRAGMENTS("IPv6 packets with a fragment header that are whole (RFC 6946), taken as if they had none"),
    REASSEMBLY_EVICTIONS("Datagrams thrown out of reassembly by a newer one because all places were taken"),
    FRAGMENTS_ABSORBED("Fragments taken into a datagram: reassembled, discarded or held is what became of them"),
    FRAGMENTS_REASSEMBLED("Fragments taken in whose datagram became whole"),
    FRAGMENTS_DISCARDED("Fragments taken in whose datagram was given up"),
    FRAGMENTS_HELD("Gauge: fragments taken in whose datagram is not whole yet"),
    FRAGMENTS_CREATED("Fragments made of echo replies longer than the port's MTU", "IpFragCreates"),

    ARP_MALFORMED("ARP packets whose content makes no sense"),
    ARP_REQUESTS_RECEIVED("ARP requests for one of our addresses"),
    ARP_REPLIES_SENT("ARP replies sent"),
    ARP_REPLIES_RECEIVED("ARP replies received"),
    ARP_REQUESTS_SENT("ARP requests sent, gratuitous ones among them"),
    ARP_CONFLICTS("ARP packets in which another station claims one of our addresses"),
    ND_MALFORMED("Neighbor discovery messages that RFC 4861 §7.1 rejects"),
    ND_SOLICITATIONS_RECEIVED("Neighbor solicitations for one of our addresses", "Icmp6InNeighborSolicits"),
    ND_ADVERTISEMENTS_SENT("Neighbor advertisements sent", "Icmp6OutNeighborAdvertisements"),
    ND_ADVERTISEMENTS_RECEIVED("Neighbor advertisements received", "Icmp6InNeighborAdvertisements"),
    ND_SOLICITATIONS_SENT("Neighbor solicitations sent", "Icmp6OutNeighborSolicits"),
    ND_DUPLICATES("IPv6 addresses of ours that are not used because another station has them"),
    ND_CONFLICTS("Neighbor discovery messages in which another station claims an address we use"),
    NEIGHBORS_UNREACHABLE("Next hops that did not answer"),
    NEIGHBOR_TABLE_OVERFLOWS("Next hops given up because the neighbor table was full"),
    NEIGHBOR_QUEUE_DROPS("Frames dropped because their next hop stayed unresolved, or its queue was full"),
    ICMP_MALFORMED("ICMP and ICMPv6 messages with a wrong checksum", "IcmpInCsumErrors"),
    ICMP_UNUSED("ICMP and ICMPv6 messages that are neither answered nor used"),
    ICMP_ECHOS("ICMP and ICMPv6 echo requests received", "IcmpInEchos"),
    ICMP_ECHO_REPLIES("ICMP and ICMPv6 echo replies sent", "IcmpOutEchoReps"),
    ICMP_RATE_LIMITED("Echo requests not answered because of the rate limit", "IcmpOutRateLimitGlobal"),
    ICMP_ERRORS_SENT("ICMP and ICMPv6 errors sent about dropped packets"),
    ICMP_ERRORS_HELD_BACK(
            "ICMP and ICMPv6 errors not sent because of the rate limit, or for lack of headroom in the frame"),

    TCP_SEGMENTS_RECEIVED("TCP segments received", "TcpInSegs"),
    TCP_SENSELESS_FLAGS("Segments with SYN and FIN, SYN and RST, or no control bit that means anything"),
    TCP_SEGMENTS_SENT("TCP segments sent", "TcpOutSegs"),
    TCP_SEGMENTS_RETRANSMITTED("Segments, SYNs and FINs sent again", "TcpRetransSegs"),
    TCP_RESETS_SENT("RST segments sent", "TcpOutRsts"),
    TCP_ACTIVE_OPENS("Connections opened from here", "TcpActiveOpens"),
    TCP_PASSIVE_OPENS("Connections opened by a peer", "TcpPassiveOpens"),
    TCP_ATTEMPT_FAILS("Connections that ended before they were established", "TcpAttemptFails"),
    TCP_ESTABLISHED_RESETS(
            "Connections that ended in ESTABLISHED or CLOSE-WAIT, whoever reset or gave them up", "TcpEstabResets"),
    TCP_RESETS_BY_PEER("Connections that a reset of the peer ended, once they were established"),
    TCP_ABORTS("Connections the application aborted"),
    TCP_ENGINE_ABORTS("Connections reset because the engine, their port or their listener was closed"),
    TCP_ABORT_ON_LINGER("Connections reset in FIN-WAIT-2 because none was to linger there", "TcpExtTCPAbortOnLinger"),
    FIN_WAIT_2_TIMEOUTS("Connections forgotten in FIN-WAIT-2 because the peer did not close in time"),
    STATE_SYN_SENT("Connections that entered SYN-SENT"),
    STATE_SYN_RCVD("Connections that entered SYN-RECEIVED, half-open ones of a listener among them"),
    STATE_ESTABLISHED("Connections that entered ESTABLISHED"),
    STATE_FIN_WAIT_1("Connections that entered FIN-WAIT-1"),
    STATE_FIN_WAIT_2("Connections that entered FIN-WAIT-2"),
    STATE_CLOSE_WAIT("Connections that entered CLOSE-WAIT"),
    STATE_CLOSING("Connections that entered CLOSING"),
    STATE_LAST_ACK("Connections that entered LAST-ACK"),
    STATE_CLOSED("Connections that entered CLOSED, but for those half open or in TIME-WAIT until then"),
    TCP_CLOSES("Connections that reached their orderly end"),
    TCP_ABORT_ON_TIMEOUT("Connections given up by a timeout", "TcpExtTCPAbortOnTimeout"),
    TCP_ABORT_ON_CLOSE("Connections reset because the application closed with data unread", "TcpExtTCPAbortOnClose"),
    TCP_ABORT_ON_DATA("Connections reset because data arrived after the application closed", "TcpExtTCPAbortOnData"),
    TCP_SEGMENTS_IGNORED("Segments that had no effect, by rule, and for no reason that is counted by itself"),
    TCP_SYNS_RECEIVED("SYNs received by a listener"),
    TCP_SYNS_REFUSED("SYNs for a port nobody listens on"),
    TCP_RESETS_HELD_BACK("Resets to segments of no connection that the rate limit held back"),
    SYNS_SHED("SYNs dropped before anything was looked up because the shard could not keep up"),
    SYNS_RATE_LIMITED("SYNs dropped because too many came from their source's network"),
    TCP_SYN_RETRANSMITS("SYNs and SYN-ACKs sent again", "TcpExtTCPSynRetrans"),
    TCP_FIN_RETRANSMITS("FINs sent again"),
    TCP_TIMEOUTS("Retransmission timeouts", "TcpExtTCPTimeouts"),
    TCP_FAST_RETRANSMITS("Segments sent again in fast recovery", "TcpExtTCPFastRetrans"),
    TCP_SLOW_START_RETRANSMITS("Segments sent again after a retransmission timeout", "TcpExtTCPSlowStartRetrans"),
    TCP_LOST_RETRANSMITS("Segments sent again that were found lost once more", "TcpExtTCPLostRetransmit"),
    TCP_SACK_RECOVERIES("Fast recoveries from losses that SACK told of", "TcpExtTCPSackRecovery"),
    TCP_RENO_RECOVERIES("Fast recoveries from losses that duplicate ACKs told of", "TcpExtTCPRenoRecovery"),
    TCP_LOSS_PROBES("Tail loss probes sent (RFC 8985 §7)", "TcpExtTCPLossProbes"),
    TCP_LOSS_PROBE_RECOVERIES("Losses that a tail loss probe repaired by itself", "TcpExtTCPLossProbeRecovery"),
    TCP_DSACKS_RECEIVED("ACKs that told of text received twice (RFC 2883)", "TcpExtTCPDSACKRecv"),
    TCP_DSACK_OLD_SENT(
            "ACKs that told the peer of text it sent again although it was acknowledged", "TcpExtTCPDSACKOldSent"),
    TCP_DSACK_OUT_OF_ORDER_SENT(
            "ACKs that told the peer of text that came twice out of order", "TcpExtTCPDSACKOfoSent"),
    TCP_SACK_DISCARDED("ACKs with SACK blocks of what was never sent", "TcpExtTCPSACKDiscard"),
    TCP_SACK_RENEGING("Timeouts at which the peer had dropped what it had SACKed", "TcpExtTCPSACKReneging"),
    TCP_SACK_REORDERINGS("Connections on whose path reordering was seen", "TcpExtTCPSACKReorder"),
    TCP_SPURIOUS_RTOS("Retransmission timeouts that were mistakes, and were undone", "TcpExtTCPSpuriousRTOs"),
    TCP_FULL_UNDO("Fast recoveries undone because nothing was lost, as timestamps told", "TcpExtTCPFullUndo"),
    TCP_DSACK_UNDO("Recoveries undone because all that was sent again came twice", "TcpExtTCPDSACKUndo"),
    FLIGHT_RECORDS_EXHAUSTED("Times a record of what is in flight was wanted and there was none"),
    SEND_TURNS_AWAITED("Times a connection had something to send and waited for room in its port's transmit queue"),
    LISTEN_DROPS("SYNs dropped by a listener for whatever reason", "TcpExtListenDrops"),
    LISTEN_OVERFLOWS("Connections that met a full accept queue", "TcpExtListenOverflows"),
    ACCEPT_OVERFLOW_RESETS(
            "Handshakes reset because the accept queue was full, where so configured", "TcpExtEmbryonicRsts"),
    SYN_QUEUE_EVICTIONS("Half-open connections thrown out of a full SYN queue"),
    SYN_QUEUE_DROPS("SYNs dropped because the SYN queue was full", "TcpExtTCPReqQFullDrop"),
    SYN_QUEUE_TIMEOUTS("Half-open connections given up after the last SYN-ACK"),
    SYNCOOKIES_SENT("SYNs answered by a cookie because the SYN queue was full", "TcpExtSyncookiesSent"),
    SYNCOOKIES_RECEIVED("Cookies that came back good", "TcpExtSyncookiesRecv"),
    SYNCOOKIES_FAILED("Acknowledgments that carried no good cookie", "TcpExtSyncookiesFailed"),
    CONNECTION_TABLE_OVERFLOWS("Connections refused because the connection table was full"),
    EPHEMERAL_PORTS_EXHAUSTED("Active opens refused because no local port was free"),
    NO_ROUTES("Active opens refused because no port has the address, or a way to the peer", "IpOutNoRoutes"),
    TIME_WAIT_ENTERED("Connections that entered TIME-WAIT"),
    TIME_WAIT_EXPIRED("TIME_WAIT entries that ended by the 2 MSL timer", "TcpExtTW"),
    TIME_WAIT_RECYCLED("TIME_WAIT entries reopened by a new SYN", "TcpExtTWRecycled"),
    TIME_WAIT_REUSED("TIME_WAIT entries whose tuple an active open took over"),
    TIME_WAIT_RESETS("TIME_WAIT entries that a reset ended, where resets are not ignored"),
    QUIET_TIME_DROPS("Segments not heard, and active opens refused, in the quiet time after the start"),
    TIME_WAIT_OVERFLOWS(
            "TIME_WAIT entries that could not be held because the table was full", "TcpExtTCPTimeWaitOverflow"),
    CHALLENGE_ACKS("Challenge ACKs sent (RFC 5961)", "TcpExtTCPChallengeACK"),
    CHALLENGE_ACKS_SKIPPED("Challenge ACKs that the rate limit held back", "TcpExtTCPACKSkippedChallenge"),
    SYN_CHALLENGES("SYNs in a synchronized state (RFC 5961 §4)", "TcpExtTCPSYNChallenge"),
    PAWS_REJECTED("Segments rejected by PAWS (RFC 7323 §5)", "TcpExtPAWSEstab"),
    OUT_OF_WINDOW("Segments outside the receive window"),
    TCP_ICMP_ERRORS("ICMP errors that quote a segment of ours"),
    TCP_ICMP_ERRORS_IGNORED(
            "ICMP errors about no connection, or that quote a number not in flight, or say nothing new"),
    PATH_MTU_DOUBTED(
            "Errors that segments are too big, about a path that has carried such and before one has timed out"),
    PATH_MTU_LOWERED("Connections whose segments became smaller because a router said that they are too big"),
    ECN_CONNECTIONS("Connections that agreed on ECN with their peer (RFC 3168)"),
    ECN_MARKS_RECEIVED("Segments with text that a router marked, on connections with ECN"),
    ECN_REDUCTIONS("Congestion windows reduced because a peer echoed a router's mark"),
    PATH_MTU_BLACK_HOLES(
            "Connections whose segments became smaller because large ones were lost again and again",
            "TcpExtTCPMTUPFail"),
    PATH_MTU_RAISED("Connections whose segments grew back ten minutes later", "TcpExtTCPMTUPSuccess"),
    OUT_OF_ORDER_QUEUED("Segments queued out of order", "TcpExtTCPOFOQueue"),
    OUT_OF_ORDER_COPIED("Segments queued out of order in buffers, because enough of the port's frames were kept"),
    OUT_OF_ORDER_DROPS("Segments that came out of order and found no room", "TcpExtTCPOFODrop"),
    FRAMES_RETAINED("Frames that applications have kept because of the text in them"),
    FRAMES_NOT_RETAINED(
            "Times an application wanted to keep a frame and could not: too many are kept, or its text was copied"),
    BUFFERS_LENT("Times an application has lent bytes to be sent from where they are"),
    BUFFERS_RETURNED("Times an application was given such bytes back"),
    ACKS_COMBINED("Segments whose answer was left to a later one of the same burst"),
    HANDLER_FAILURES("Callbacks and commands of applications that threw; a callback's costs it the connection"),
    COMMANDS_EXECUTED("Commands of other threads executed"),

    FAULT_LOST("Frames a fault injector lost"),
    FAULT_DUPLICATED("Frames a fault injector doubled"),
    FAULT_CORRUPTED("Frames of which a fault injector turned over a bit"),
    FAULT_REORDERED("Frames a fault injector held back for others to overtake"),
    FAULT_DELAYED("Frames a fault injector delayed, for whatever reason"),
    FAULT_QUEUE_DROPS("Frames a fault injector dropped because too many waited for its line"),
    CAPTURE_FRAMES("Frames written to a capture's file"),
    CAPTURE_DROPS("Frames missing in a capture's file because its writer was too slow"),

    SYN_QUEUE_ENTRIES("Gauge: half-open connections now"),
    SYN_QUEUE_PEAK("Gauge: the most half-open connections so far"),
    ACCEPT_QUEUE_ENTRIES("Gauge: connections that wait to be accepted now"),
    CONNECTIONS("Gauge: connections in the table now"),
    CONNECTION_BYTES("Gauge: bytes of memory the connections take, buffers left out"),
    TCP_CURRENT_ESTABLISHED("Gauge: connections in ESTABLISHED or CLOSE-WAIT now", "TcpCurrEstab"),
    TIME_WAIT_ENTRIES("Gauge: entries in TIME_WAIT now"),
    TIME_WAIT_BYTES("Gauge: bytes of memory the TIME_WAIT entries take"),
    BUFFER_BLOCKS("Gauge: blocks of send and receive buffers, and records of segments out of order, now"),
    FLIGHT_RECORDS("Gauge: records of what is in flight, and of flights in disorder, now"),
    DUTY_WORK_NANOS("Nanoseconds of duty cycles in which there was work"),
    DUTY_IDLE_NANOS("Nanoseconds of duty cycles in which there was none, idling among them"),
    DUTY_SLEEP_NANOS("Nanoseconds, of those without work, that the polling thread slept"),
    DUTY_CYCLES("Duty cycles"),
    IDLE_SLEEPS("Times a polling thread slept"),
    IDLE_WAKES("Sleeps ended by a frame, a command or another thread, and not by time");

    /** Number of counters. */
    public static final int COUNT = values().length;

    private final String sentence;
    private final String linuxName;

    Counter(final String sentence) {
        this(sentence, "");
    }

    Counter(final String sentence, final String linuxName) {
        this.sentence = sentence;
        this.linuxName = linuxName;
    }

    /** What is counted, as an operator reads it; without a full stop. */
    public String sentence() {
        return sentence;
    }

    /** The name {@code nstat} gives to the same count, if Linux has it. */
    public Optional<String> linuxName() {
        return linuxName.isEmpty() ? Optional.empty() : Optional.of(linuxName);
    }
}
