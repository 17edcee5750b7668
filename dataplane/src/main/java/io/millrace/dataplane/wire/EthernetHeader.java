package io.millrace.dataplane.wire;

import io.millrace.memory.Memory;

/** Ethernet II header, 14 bytes. MAC addresses are 48-bit longs as in {@link MacAddress}. One thread; allocates nothing. */
public final class EthernetHeader {
    /** Length of the header without tags, in bytes. */
    public static final int LENGTH = 14;

    private static final int DESTINATION_OFFSET = 0;
    private static final int SOURCE_OFFSET = 6;
    private static final int ETHER_TYPE_OFFSET = 12;

    private long address;

    /** Moves to the header at {@code address}. */
    public EthernetHeader wrap(final long address) {
        this.address = address;
        return this;
    }

    /** Address of the header. */
    public long address() {
        return address;
    }

    /** Destination MAC address. */
    public long destination() {
        return MacAddress.read(address + DESTINATION_OFFSET);
    }

    /** Sets the destination MAC address. */
    public EthernetHeader destination(final long mac) {
        MacAddress.write(address + DESTINATION_OFFSET, mac);
        return this;
    }

    /** Source MAC address. */
    public long source() {
        return MacAddress.read(address + SOURCE_OFFSET);
    }

    /** Sets the source MAC address. */
    public EthernetHeader source(final long mac) {
        MacAddress.write(address + SOURCE_OFFSET, mac);
        return this;
    }

    /** {@link EtherType} of what follows. */
    public int etherType() {
        return Memory.getShortBE(address + ETHER_TYPE_OFFSET);
    }

    /** Sets the {@link EtherType}. */
    public EthernetHeader etherType(final int etherType) {
        Memory.putShortBE(address + ETHER_TYPE_OFFSET, etherType);
        return this;
    }
}
