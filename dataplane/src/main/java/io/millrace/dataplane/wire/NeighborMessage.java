package io.millrace.dataplane.wire;

import io.millrace.memory.Memory;

/**
 * Neighbor solicitation or advertisement (RFC 4861 §4.3, §4.4): an ICMPv6 header whose word are the flags, the target
 * address, and options. One thread; allocates nothing.
 */
public final class NeighborMessage {
    /** Length without options, in bytes. */
    public static final int LENGTH = 24;
    /** Length of a link-layer address option for Ethernet, in bytes. */
    public static final int OPTION_LENGTH = 8;
    /** Option: link-layer address of the sender. */
    public static final int SOURCE_LINK_LAYER_ADDRESS = 1;
    /** Option: link-layer address of the target. */
    public static final int TARGET_LINK_LAYER_ADDRESS = 2;
    /** Flag of an advertisement: it answers a solicitation. */
    public static final int SOLICITED = 1 << 30;
    /** Flag of an advertisement: it replaces what is known. */
    public static final int OVERRIDE = 1 << 29;

    /** What {@link #linkLayerAddress} answers when an option has length 0 or goes past the end. */
    public static final long MALFORMED = -1;

    private static final int TARGET_OFFSET = 8;
    private static final int OPTION_UNIT = 8;

    private final Icmpv6Header icmp = new Icmpv6Header();
    private long address;

    /** Moves to the message at {@code address}. */
    public NeighborMessage wrap(final long address) {
        this.address = address;
        icmp.wrap(address);
        return this;
    }

    /** Its ICMPv6 header. */
    public Icmpv6Header icmp() {
        return icmp;
    }

    /** Flags of an advertisement. */
    public int flags() {
        return icmp.word();
    }

    /** First word of the target address. */
    public long targetHi() {
        return Memory.getLongBE(address + TARGET_OFFSET);
    }

    /** Second word of the target address. */
    public long targetLo() {
        return Memory.getLongBE(address + TARGET_OFFSET + Long.BYTES);
    }

    /**
     * The MAC address in the first option of a type, 0 when there is none, {@link #MALFORMED} when the options are.
     *
     * @param length bytes of the message, at least {@link #LENGTH}
     */
    public long linkLayerAddress(final int option, final int length) {
        long mac = 0;
        int at = LENGTH;
        while (at < length) {
            final int optionLength = at + 2 <= length ? Memory.getUnsignedByte(address + at + 1) * OPTION_UNIT : 0;
            if (optionLength == 0 || at + optionLength > length) {
                return MALFORMED;
            }
            if (Memory.getUnsignedByte(address + at) == option && optionLength == OPTION_LENGTH && mac == 0) {
                mac = MacAddress.read(address + at + 2);
            }
            at += optionLength;
        }
        return mac;
    }

    /** Writes the message without options, its checksum not filled in. */
    public NeighborMessage initialize(final int type, final int flags, final long targetHi, final long targetLo) {
        icmp.type(type).code(0).checksum(0).word(flags);
        Memory.putLongBE(address + TARGET_OFFSET, targetHi);
        Memory.putLongBE(address + TARGET_OFFSET + Long.BYTES, targetLo);
        return this;
    }

    /** Writes a link-layer address option behind the target. */
    public NeighborMessage option(final int type, final long mac) {
        Memory.putByte(address + LENGTH, type);
        Memory.putByte(address + LENGTH + 1, 1);
        MacAddress.write(address + LENGTH + 2, mac);
        return this;
    }
}
