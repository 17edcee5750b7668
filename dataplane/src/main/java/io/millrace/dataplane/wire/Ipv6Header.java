package io.millrace.dataplane.wire;

import io.millrace.memory.Memory;

/** IPv6 header (RFC 8200 §3), 40 bytes. An address is two longs. One thread; allocates nothing. */
public final class Ipv6Header {
    /** Length of the header, in bytes. */
    public static final int LENGTH = 40;
    /** Offset of the next-header field. */
    public static final int NEXT_HEADER_OFFSET = 6;
    /** Offset of the length of what follows the header. */
    public static final int PAYLOAD_LENGTH_OFFSET = 4;
    /** Offset of the source address; the destination follows it. */
    public static final int SOURCE_OFFSET = 8;
    /** Offset of the destination address. */
    public static final int DESTINATION_OFFSET = 24;

    private static final int HOP_LIMIT_OFFSET = 7;
    private static final int VERSION_6 = 6 << 28;

    private long address;

    /** Moves to the header at {@code address}. */
    public Ipv6Header wrap(final long address) {
        this.address = address;
        return this;
    }

    /** Address of the header. */
    public long address() {
        return address;
    }

    /** Version field; 6. */
    public int version() {
        return Memory.getUnsignedByte(address) >>> 4;
    }

    /** Traffic class: DSCP and ECN. */
    public int trafficClass() {
        return Memory.getIntBE(address) >>> 20 & 0xff;
    }

    /** Flow label, 20 bits. */
    public int flowLabel() {
        return Memory.getIntBE(address) & 0xf_ffff;
    }

    /** Sets traffic class and flow label. */
    public Ipv6Header flow(final int trafficClass, final int flowLabel) {
        Memory.putIntBE(address, VERSION_6 | trafficClass << 20 | flowLabel);
        return this;
    }

    /** Bytes behind this header, extension headers among them. */
    public int payloadLength() {
        return Memory.getShortBE(address + PAYLOAD_LENGTH_OFFSET);
    }

    /** Sets the number of bytes behind this header. */
    public Ipv6Header payloadLength(final int length) {
        Memory.putShortBE(address + PAYLOAD_LENGTH_OFFSET, length);
        return this;
    }

    /** What follows this header: an extension header or a protocol. */
    public int nextHeader() {
        return Memory.getUnsignedByte(address + NEXT_HEADER_OFFSET);
    }

    /** Sets what follows this header. */
    public Ipv6Header nextHeader(final int nextHeader) {
        Memory.putByte(address + NEXT_HEADER_OFFSET, nextHeader);
        return this;
    }

    /** Hop limit. */
    public int hopLimit() {
        return Memory.getUnsignedByte(address + HOP_LIMIT_OFFSET);
    }

    /** Sets the hop limit. */
    public Ipv6Header hopLimit(final int hopLimit) {
        Memory.putByte(address + HOP_LIMIT_OFFSET, hopLimit);
        return this;
    }

    /** First word of the source address. */
    public long sourceHi() {
        return Memory.getLongBE(address + SOURCE_OFFSET);
    }

    /** Second word of the source address. */
    public long sourceLo() {
        return Memory.getLongBE(address + SOURCE_OFFSET + Long.BYTES);
    }

    /** First word of the destination address. */
    public long destinationHi() {
        return Memory.getLongBE(address + DESTINATION_OFFSET);
    }

    /** Second word of the destination address. */
    public long destinationLo() {
        return Memory.getLongBE(address + DESTINATION_OFFSET + Long.BYTES);
    }

    /** Sets the source address. */
    public Ipv6Header source(final long hi, final long lo) {
        Memory.putLongBE(address + SOURCE_OFFSET, hi);
        Memory.putLongBE(address + SOURCE_OFFSET + Long.BYTES, lo);
        return this;
    }

    /** Sets the destination address. */
    public Ipv6Header destination(final long hi, final long lo) {
        Memory.putLongBE(address + DESTINATION_OFFSET, hi);
        Memory.putLongBE(address + DESTINATION_OFFSET + Long.BYTES, lo);
        return this;
    }

    /** Writes everything but the addresses, with traffic class and flow label 0. */
    public Ipv6Header initialize(final int payloadLength, final int nextHeader, final int hopLimit) {
        Memory.putIntBE(address, VERSION_6);
        return payloadLength(payloadLength).nextHeader(nextHeader).hopLimit(hopLimit);
    }
}
