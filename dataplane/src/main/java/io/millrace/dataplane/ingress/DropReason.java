package io.millrace.dataplane.ingress;

import io.millrace.dataplane.counters.Counter;

/**
 * Why an arriving frame is dropped before TCP sees it. The classifier answers {@link #code()}, which is negative, where
 * a {@code FrameMeta} is not. What each means is said at its counter.
 */
public enum DropReason {
    TRUNCATED_FRAME(Counter.DROP_TRUNCATED_FRAME),
    SEGMENTED_FRAME(Counter.DROP_SEGMENTED_FRAME),
    UNKNOWN_ETHER_TYPE(Counter.DROP_UNKNOWN_ETHER_TYPE),
    OTHER_VLAN(Counter.DROP_OTHER_VLAN),
    IPV6(Counter.DROP_IPV6),
    OTHER_STATION(Counter.DROP_OTHER_STATION),
    LINK_BROADCAST(Counter.DROP_LINK_BROADCAST),
    BAD_SOURCE_MAC(Counter.DROP_BAD_SOURCE_MAC),
    IP_VERSION(Counter.DROP_IP_VERSION),
    IP_HEADER_LENGTH(Counter.DROP_IP_HEADER_LENGTH),
    IP_TOTAL_LENGTH(Counter.DROP_IP_TOTAL_LENGTH),
    IP_CHECKSUM(Counter.DROP_IP_CHECKSUM),
    BAD_SOURCE_ADDRESS(Counter.DROP_BAD_SOURCE_ADDRESS),
    BROADCAST_ADDRESS(Counter.DROP_BROADCAST_ADDRESS),
    OTHER_ADDRESS(Counter.DROP_OTHER_ADDRESS),
    LAND(Counter.DROP_LAND),
    UNKNOWN_PROTOCOL(Counter.DROP_UNKNOWN_PROTOCOL),
    UDP(Counter.DROP_UDP),
    IPV6_NO_NEXT_HEADER(Counter.DROP_IPV6_NO_NEXT_HEADER),
    IPV6_EXTENSION_TRUNCATED(Counter.DROP_IPV6_EXTENSION_TRUNCATED),
    IPV6_EXTENSIONS_TOO_LONG(Counter.DROP_IPV6_EXTENSIONS_TOO_LONG),
    IPV6_ROUTING_HEADER(Counter.DROP_IPV6_ROUTING_HEADER),
    IPV6_OPTION(Counter.DROP_IPV6_OPTION),
    TCP_TRUNCATED(Counter.DROP_TCP_TRUNCATED),
    TCP_DATA_OFFSET(Counter.DROP_TCP_DATA_OFFSET),
    TCP_CHECKSUM(Counter.DROP_TCP_CHECKSUM),
    ARP_TRUNCATED(Counter.DROP_ARP_TRUNCATED),
    ICMP_TRUNCATED(Counter.DROP_ICMP_TRUNCATED),
    FRAGMENT_MALFORMED(Counter.DROP_FRAGMENT_MALFORMED),
    FRAGMENT_TINY(Counter.DROP_FRAGMENT_TINY),
    FRAGMENT_OVERLAP(Counter.DROP_FRAGMENT_OVERLAP),
    FRAGMENT_DUPLICATE(Counter.DROP_FRAGMENT_DUPLICATE),
    FRAGMENT_TOO_LARGE(Counter.DROP_FRAGMENT_TOO_LARGE),
    FRAGMENT_TOO_MANY(Counter.DROP_FRAGMENT_TOO_MANY),
    FRAGMENT_NO_FRAME(Counter.DROP_FRAGMENT_NO_FRAME),
    FRAGMENT_OF_DISCARDED(Counter.DROP_FRAGMENT_OF_DISCARDED);

    private static final DropReason[] BY_ORDINAL = values();

    private final Counter counter;

    DropReason(final Counter counter) {
        this.counter = counter;
    }

    /** The classifier's answer for this reason; negative. */
    public int code() {
        return ~ordinal();
    }

    /** The reason of a negative answer of the classifier. */
    public static DropReason of(final int code) {
        return BY_ORDINAL[~code];
    }

    /** Whether the sender hears of it by an ICMP error. */
    public boolean isReported() {
        return this == UDP || this == UNKNOWN_PROTOCOL || this == IPV6_ROUTING_HEADER || this == IPV6_OPTION;
    }

    /** Where it is counted. */
    public Counter counter() {
        return counter;
    }
}
