package io.millrace.dataplane.wire;

import io.millrace.memory.Memory;

/** ARP packet for IPv4 over Ethernet (RFC 826), 28 bytes. One thread; allocates nothing. */
public final class ArpPacket {
    /** Length of the packet, in bytes. */
    public static final int LENGTH = 28;
    /** Operation: who has the target address? */
    public static final int REQUEST = 1;
    /** Operation: the sender has it. */
    public static final int REPLY = 2;

    private static final int HARDWARE_TYPE_OFFSET = 0;
    private static final int OPERATION_OFFSET = 6;
    private static final int SENDER_MAC_OFFSET = 8;
    private static final int SENDER_IP_OFFSET = 14;
    private static final int TARGET_MAC_OFFSET = 18;
    private static final int TARGET_IP_OFFSET = 24;
    /** Hardware type 1 (Ethernet), protocol 0x0800. */
    private static final int ETHERNET_IPV4 = 0x0001_0800;
    /** Hardware length 6, protocol length 4. */
    private static final int LENGTHS = 0x0604;

    private long address;

    /** Moves to the packet at {@code address}. */
    public ArpPacket wrap(final long address) {
        this.address = address;
        return this;
    }

    /** Address of the packet. */
    public long address() {
        return address;
    }

    /** True when the packet speaks of IPv4 over Ethernet, with the lengths of these. */
    public boolean isEthernetIpv4() {
        return Memory.getIntBE(address + HARDWARE_TYPE_OFFSET) == ETHERNET_IPV4
                && Memory.getShortBE(address + HARDWARE_TYPE_OFFSET + 4) == LENGTHS;
    }

    /** {@link #REQUEST}, {@link #REPLY} or another operation. */
    public int operation() {
        return Memory.getShortBE(address + OPERATION_OFFSET);
    }

    /** MAC address of the sender. */
    public long senderMac() {
        return MacAddress.read(address + SENDER_MAC_OFFSET);
    }

    /** IPv4 address of the sender, host order; 0 in a probe (RFC 5227). */
    public int senderIp() {
        return Memory.getIntBE(address + SENDER_IP_OFFSET);
    }

    /** MAC address of the target; 0 in a request. */
    public long targetMac() {
        return MacAddress.read(address + TARGET_MAC_OFFSET);
    }

    /** IPv4 address of the target, host order. */
    public int targetIp() {
        return Memory.getIntBE(address + TARGET_IP_OFFSET);
    }

    /** Writes the whole packet. */
    public ArpPacket initialize(
            final int operation, final long senderMac, final int senderIp, final long targetMac, final int targetIp) {
        Memory.putIntBE(address + HARDWARE_TYPE_OFFSET, ETHERNET_IPV4);
        Memory.putShortBE(address + HARDWARE_TYPE_OFFSET + 4, LENGTHS);
        Memory.putShortBE(address + OPERATION_OFFSET, operation);
        MacAddress.write(address + SENDER_MAC_OFFSET, senderMac);
        Memory.putIntBE(address + SENDER_IP_OFFSET, senderIp);
        MacAddress.write(address + TARGET_MAC_OFFSET, targetMac);
        Memory.putIntBE(address + TARGET_IP_OFFSET, targetIp);
        return this;
    }
}
