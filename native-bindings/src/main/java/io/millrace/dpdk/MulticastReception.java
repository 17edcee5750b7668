package io.millrace.dpdk;

/** How a port takes multicast frames, which IPv6's neighbour discovery needs. */
public enum MulticastReception {
    /** It takes all of them. */
    ALL_MULTICAST,
    /** It takes all frames, since it can't choose multicast ones, or since it was asked to. */
    PROMISCUOUS,
    /** Its driver filters nothing. */
    UNFILTERED,
    /** As its driver does by itself: nobody asked, or the device refused. */
    DRIVERS_OWN
}
