package io.millrace.dataplane.wire;

import io.millrace.memory.Memory;

/**
 * ICMPv6 header (RFC 4443 §2.1) with the four bytes of body that every message has, 8 bytes. One thread; allocates
 * nothing.
 */
public final class Icmpv6Header {
    /** Length of the header and the first word of the body, in bytes. */
    public static final int LENGTH = 8;
    /** Type: destination unreachable. */
    public static final int DESTINATION_UNREACHABLE = 1;
    /** Type: packet too big; {@link #word()} is the MTU. */
    public static final int PACKET_TOO_BIG = 2;
    /** Type: time exceeded. */
    public static final int TIME_EXCEEDED = 3;
    /** Type: parameter problem; {@link #word()} is the offset of the byte at fault. */
    public static final int PARAMETER_PROBLEM = 4;
    /** Type: echo request. */
    public static final int ECHO_REQUEST = 128;
    /** Type: echo reply. */
    public static final int ECHO_REPLY = 129;
    /** Type: router solicitation, the first of the five of neighbor discovery. */
    public static final int ROUTER_SOLICITATION = 133;
    /** Type: neighbor solicitation. */
    public static final int NEIGHBOR_SOLICITATION = 135;
    /** Type: neighbor advertisement. */
    public static final int NEIGHBOR_ADVERTISEMENT = 136;
    /** Type: redirect, the last of the five of neighbor discovery. */
    public static final int REDIRECT = 137;

    /** Code of {@link #DESTINATION_UNREACHABLE}: port unreachable. */
    public static final int PORT_UNREACHABLE = 4;
    /** Code of {@link #PARAMETER_PROBLEM}: erroneous header field. */
    public static final int ERRONEOUS_FIELD = 0;
    /** Code of {@link #PARAMETER_PROBLEM}: unrecognized next header. */
    public static final int UNKNOWN_NEXT_HEADER = 1;
    /** Code of {@link #PARAMETER_PROBLEM}: unrecognized option. */
    public static final int UNKNOWN_OPTION = 2;

    private static final int CODE_OFFSET = 1;
    private static final int CHECKSUM_OFFSET = 2;
    private static final int WORD_OFFSET = 4;

    private long address;

    /** True for the type of an error message, RFC 4443 §2.1. */
    public static boolean isError(final int type) {
        return type < 128;
    }

    /** True for the types of neighbor discovery, RFC 4861 §4. */
    public static boolean isNeighborDiscovery(final int type) {
        return type >= ROUTER_SOLICITATION && type <= REDIRECT;
    }

    /** Moves to the header at {@code address}. */
    public Icmpv6Header wrap(final long address) {
        this.address = address;
        return this;
    }

    /** Address of the header. */
    public long address() {
        return address;
    }

    /** Message type. */
    public int type() {
        return Memory.getUnsignedByte(address);
    }

    /** Sets the message type. */
    public Icmpv6Header type(final int type) {
        Memory.putByte(address, type);
        return this;
    }

    /** Code within the type. */
    public int code() {
        return Memory.getUnsignedByte(address + CODE_OFFSET);
    }

    /** Sets the code within the type. */
    public Icmpv6Header code(final int code) {
        Memory.putByte(address + CODE_OFFSET, code);
        return this;
    }

    /** Checksum over pseudo header and message. */
    public int checksum() {
        return Memory.getShortBE(address + CHECKSUM_OFFSET);
    }

    /** Sets the checksum. */
    public Icmpv6Header checksum(final int checksum) {
        Memory.putShortBE(address + CHECKSUM_OFFSET, checksum);
        return this;
    }

    /** The first four bytes of the body: MTU, pointer, flags, or identifier and sequence number. */
    public int word() {
        return Memory.getIntBE(address + WORD_OFFSET);
    }

    /** Sets the first four bytes of the body. */
    public Icmpv6Header word(final int word) {
        Memory.putIntBE(address + WORD_OFFSET, word);
        return this;
    }

    /** True when the checksum is right for this message of {@code length} bytes in the packet with this IPv6 header. */
    public boolean isChecksumValid(final long ip, final int length) {
        return InternetChecksum.isValid(
                InternetChecksum.pseudoHeaderIpv6(ip + Ipv6Header.SOURCE_OFFSET, IpProtocol.ICMPV6, length)
                        + InternetChecksum.sum(address, length));
    }

    /** Computes the checksum over pseudo header and message as they stand, {@code length} bytes, and sets it. */
    public Icmpv6Header updateChecksum(final long ip, final int length) {
        checksum(0);
        return checksum(InternetChecksum.checksum(
                InternetChecksum.pseudoHeaderIpv6(ip + Ipv6Header.SOURCE_OFFSET, IpProtocol.ICMPV6, length)
                        + InternetChecksum.sum(address, length)));
    }
}
