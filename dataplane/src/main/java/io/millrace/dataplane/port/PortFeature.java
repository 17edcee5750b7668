package io.millrace.dataplane.port;

/** What a {@link DpdkPort} may be asked for; what the device lacks is left out, and its capabilities tell so. */
public enum PortFeature {
    /** Checksums and hashes by the device. */
    OFFLOADS,
    /** Large segments cut by the device, where its driver says that it can. */
    SEGMENTATION,
    /**
     * VLAN tags taken out of and put into frames by the device, by way of the mbuf's tag field; tagged frames of no other
     * VLANs than those of {@link PacketPort#receiveVlan}.
     */
    VLAN_OFFLOAD,
    /** Frames to other stations, too. */
    PROMISCUOUS,
    /** Receive queues that can raise interrupts, so that a thread may sleep. */
    RX_INTERRUPTS
}
