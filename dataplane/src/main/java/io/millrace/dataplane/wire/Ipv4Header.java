package io.millrace.dataplane.wire;

import io.millrace.memory.Memory;

/** IPv4 header (RFC 791), 20 to 60 bytes. Addresses are host-order ints. One thread; allocates nothing. */
public final class Ipv4Header {
    /** Length of a header without options, in bytes. */
    public static final int MIN_LENGTH = 20;
    /** Don't-fragment bit in {@link #fragment()}. */
    public static final int DONT_FRAGMENT = 0x4000;
    /** More-fragments bit in {@link #fragment()}. */
    public static final int MORE_FRAGMENTS = 0x2000;
    /** Offset bits, in units of 8 bytes, in {@link #fragment()}. */
    public static final int FRAGMENT_OFFSET_MASK = 0x1fff;

    /** Offset of the source address; the destination follows it. */
    public static final int SOURCE_OFFSET = 12;

    private static final int VERSION_IHL_OFFSET = 0;
    private static final int TOS_OFFSET = 1;
    private static final int TOTAL_LENGTH_OFFSET = 2;
    private static final int IDENTIFICATION_OFFSET = 4;
    private static final int FRAGMENT_OFFSET = 6;
    private static final int TTL_OFFSET = 8;
    private static final int PROTOCOL_OFFSET = 9;
    private static final int CHECKSUM_OFFSET = 10;
    private static final int DESTINATION_OFFSET = 16;
    private static final int VERSION_4_WITHOUT_OPTIONS = 0x45;

    private long address;

    /** Moves to the header at {@code address}. */
    public Ipv4Header wrap(final long address) {
        this.address = address;
        return this;
    }

    /** Address of the header. */
    public long address() {
        return address;
    }

    /** Version field; 4. */
    public int version() {
        return Memory.getUnsignedByte(address + VERSION_IHL_OFFSET) >>> 4;
    }

    /** Length of the header with options, in bytes. */
    public int headerLength() {
        return (Memory.getUnsignedByte(address + VERSION_IHL_OFFSET) & 0xf) << 2;
    }

    /** Type of service byte: DSCP and ECN. */
    public int typeOfService() {
        return Memory.getUnsignedByte(address + TOS_OFFSET);
    }

    /** Sets the type of service byte: DSCP and ECN. */
    public Ipv4Header typeOfService(final int value) {
        Memory.putByte(address + TOS_OFFSET, value);
        return this;
    }

    /** Length of the packet, header and payload, in bytes. */
    public int totalLength() {
        return Memory.getShortBE(address + TOTAL_LENGTH_OFFSET);
    }

    /** Sets the length of the packet, header and payload, in bytes. */
    public Ipv4Header totalLength(final int bytes) {
        Memory.putShortBE(address + TOTAL_LENGTH_OFFSET, bytes);
        return this;
    }

    /** Identification field. */
    public int identification() {
        return Memory.getShortBE(address + IDENTIFICATION_OFFSET);
    }

    /** Sets the identification field. */
    public Ipv4Header identification(final int identification) {
        Memory.putShortBE(address + IDENTIFICATION_OFFSET, identification);
        return this;
    }

    /** Flags and fragment offset as they stand. */
    public int fragment() {
        return Memory.getShortBE(address + FRAGMENT_OFFSET);
    }

    /** Sets flags and fragment offset. */
    public Ipv4Header fragment(final int flagsAndOffset) {
        Memory.putShortBE(address + FRAGMENT_OFFSET, flagsAndOffset);
        return this;
    }

    /** Time to live, hops. */
    public int timeToLive() {
        return Memory.getUnsignedByte(address + TTL_OFFSET);
    }

    /** Sets the time to live, hops. */
    public Ipv4Header timeToLive(final int hops) {
        Memory.putByte(address + TTL_OFFSET, hops);
        return this;
    }

    /** {@link IpProtocol} of the payload. */
    public int protocol() {
        return Memory.getUnsignedByte(address + PROTOCOL_OFFSET);
    }

    /** Sets the {@link IpProtocol} of the payload. */
    public Ipv4Header protocol(final int protocol) {
        Memory.putByte(address + PROTOCOL_OFFSET, protocol);
        return this;
    }

    /** Header checksum. */
    public int checksum() {
        return Memory.getShortBE(address + CHECKSUM_OFFSET);
    }

    /** Sets the header checksum. */
    public Ipv4Header checksum(final int checksum) {
        Memory.putShortBE(address + CHECKSUM_OFFSET, checksum);
        return this;
    }

    /** Computes the header checksum over the header as it stands and sets it. */
    public Ipv4Header updateChecksum() {
        checksum(0);
        return checksum(InternetChecksum.checksum(InternetChecksum.sum(address, headerLength())));
    }

    /** Source address, host order. */
    public int source() {
        return Memory.getIntBE(address + SOURCE_OFFSET);
    }

    /** Sets the source address, host order. */
    public Ipv4Header source(final int ipv4) {
        Memory.putIntBE(address + SOURCE_OFFSET, ipv4);
        return this;
    }

    /** Destination address, host order. */
    public int destination() {
        return Memory.getIntBE(address + DESTINATION_OFFSET);
    }

    /** Sets the destination address, host order. */
    public Ipv4Header destination(final int ipv4) {
        Memory.putIntBE(address + DESTINATION_OFFSET, ipv4);
        return this;
    }

    /**
     * Writes a whole header of 20 bytes: no options, type of service 0, don't-fragment, identification 0 (RFC 6864
     * §4.1 allows it for an atomic datagram), checksum included.
     */
    public Ipv4Header initialize(
            final int totalLength, final int protocol, final int timeToLive, final int source, final int destination) {
        Memory.putByte(address + VERSION_IHL_OFFSET, VERSION_4_WITHOUT_OPTIONS);
        Memory.putByte(address + TOS_OFFSET, 0);
        Memory.putShortBE(address + TOTAL_LENGTH_OFFSET, totalLength);
        Memory.putIntBE(address + IDENTIFICATION_OFFSET, DONT_FRAGMENT);
        Memory.putIntBE(address + TTL_OFFSET, timeToLive << 24 | protocol << 16);
        return source(source).destination(destination).updateChecksum();
    }
}
