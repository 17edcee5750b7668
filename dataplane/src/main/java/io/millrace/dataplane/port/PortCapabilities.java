package io.millrace.dataplane.port;

/**
 * What a port does by itself, as configured.
 *
 * @param rxChecksum received frames carry the verdict on their checksums in the mbuf's flags
 * @param txIpv4Checksum fills in the IPv4 header checksum of frames sent
 * @param txTcpChecksum completes the TCP checksum of frames sent, over IPv4 and IPv6
 * @param rssHash received frames carry the Toeplitz hash, by the standard key of {@code flow.Toeplitz}
 * @param flowSteering each TCP flow comes in by the queue that {@code flow.FlowSteering} says for this many queues
 * @param partialChecksums a kernel on this host may send frames whose TCP checksum is left to a device that is not there,
 *     without saying so: the field holds the pseudo header's sum
 * @param vlanStrip takes the VLAN tag out of frames received: {@code MbufFlags.RX_VLAN_STRIPPED}, {@code Mbuf.vlanTci}
 * @param vlanInsert puts a VLAN tag into frames sent that ask for it: {@code MbufFlags.TX_VLAN}, {@code Mbuf.vlanTci}
 * @param rxInterrupts its receive queues can raise interrupts
 * @param segmentation bytes of the largest TCP packet, in several mbufs, that it cuts into segments by itself, completing
 *     the TCP checksum of each; 0 if it cuts none
 */
public record PortCapabilities(
        boolean rxChecksum,
        boolean txIpv4Checksum,
        boolean txTcpChecksum,
        boolean rssHash,
        boolean flowSteering,
        boolean partialChecksums,
        boolean vlanStrip,
        boolean vlanInsert,
        boolean rxInterrupts,
        int segmentation) {
    /** A port that leaves everything to software. */
    public static final PortCapabilities NONE =
            new PortCapabilities(false, false, false, false, false, false, false, false, false, 0);

    /** The same, but for checksums of frames sent: those are software's, and so is what depends on them. */
    public PortCapabilities withoutTransmitChecksums() {
        return new PortCapabilities(
                rxChecksum,
                false,
                false,
                rssHash,
                flowSteering,
                partialChecksums,
                vlanStrip,
                vlanInsert,
                rxInterrupts,
                0);
    }

    /** The same, but large segments are cut by software. */
    public PortCapabilities withoutSegmentation() {
        return new PortCapabilities(
                rxChecksum,
                txIpv4Checksum,
                txTcpChecksum,
                rssHash,
                flowSteering,
                partialChecksums,
                vlanStrip,
                vlanInsert,
                rxInterrupts,
                0);
    }
}
