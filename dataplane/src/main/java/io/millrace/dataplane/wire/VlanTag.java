package io.millrace.dataplane.wire;

import io.millrace.memory.Memory;

/**
 * What follows the {@link EtherType#VLAN} type in an 802.1Q frame: tag control information and the type of the payload,
 * 4 bytes. One thread; allocates nothing.
 */
public final class VlanTag {
    /** Length of the tag, in bytes. */
    public static final int LENGTH = 4;

    private static final int TCI_OFFSET = 0;
    private static final int ETHER_TYPE_OFFSET = 2;

    private long address;

    /** Moves to the tag whose control information is at {@code address}. */
    public VlanTag wrap(final long address) {
        this.address = address;
        return this;
    }

    /** VLAN identifier, 0 to 4095; 0 is a priority tag without a VLAN. */
    public int vlanId() {
        return Memory.getShortBE(address + TCI_OFFSET) & 0xfff;
    }

    /** Priority code point, 0 to 7. */
    public int priority() {
        return Memory.getShortBE(address + TCI_OFFSET) >>> 13;
    }

    /** Sets identifier and priority; the drop-eligible bit is cleared. */
    public VlanTag control(final int vlanId, final int priority) {
        Memory.putShortBE(address + TCI_OFFSET, priority << 13 | vlanId & 0xfff);
        return this;
    }

    /** {@link EtherType} of the payload. */
    public int etherType() {
        return Memory.getShortBE(address + ETHER_TYPE_OFFSET);
    }

    /** Sets the {@link EtherType} of the payload. */
    public VlanTag etherType(final int etherType) {
        Memory.putShortBE(address + ETHER_TYPE_OFFSET, etherType);
        return this;
    }
}
