package io.millrace.dataplane.wire;

import io.millrace.memory.Memory;

/** ICMP header (RFC 792) with the fields of echo, 8 bytes. One thread; allocates nothing. */
public final class IcmpHeader {
    /** Length of the header, in bytes. */
    public static final int LENGTH = 8;
    /** Type: echo reply. */
    public static final int ECHO_REPLY = 0;
    /** Type: destination unreachable. */
    public static final int DESTINATION_UNREACHABLE = 3;
    /** Type: source quench, which nobody sends any more (RFC 6633). */
    public static final int SOURCE_QUENCH = 4;
    /** Type: redirect. */
    public static final int REDIRECT = 5;
    /** Type: echo request. */
    public static final int ECHO_REQUEST = 8;
    /** Type: time exceeded. */
    public static final int TIME_EXCEEDED = 11;
    /** Type: parameter problem. */
    public static final int PARAMETER_PROBLEM = 12;

    /** Code of {@link #DESTINATION_UNREACHABLE}: protocol unreachable. */
    public static final int PROTOCOL_UNREACHABLE = 2;
    /** Code of {@link #DESTINATION_UNREACHABLE}: port unreachable. */
    public static final int PORT_UNREACHABLE = 3;

    private static final int TYPE_OFFSET = 0;
    private static final int CODE_OFFSET = 1;
    private static final int CHECKSUM_OFFSET = 2;
    private static final int IDENTIFIER_OFFSET = 4;
    private static final int SEQUENCE_OFFSET = 6;

    private long address;

    /** True for the type of a message that reports an error (RFC 1122 §3.2.2). */
    public static boolean isError(final int type) {
        return type == DESTINATION_UNREACHABLE
                || type == SOURCE_QUENCH
                || type == REDIRECT
                || type == TIME_EXCEEDED
                || type == PARAMETER_PROBLEM;
    }

    /** Moves to the header at {@code address}. */
    public IcmpHeader wrap(final long address) {
        this.address = address;
        return this;
    }

    /** Address of the header. */
    public long address() {
        return address;
    }

    /** Message type. */
    public int type() {
        return Memory.getUnsignedByte(address + TYPE_OFFSET);
    }

    /** Sets the message type. */
    public IcmpHeader type(final int type) {
        Memory.putByte(address + TYPE_OFFSET, type);
        return this;
    }

    /** Code within the type. */
    public int code() {
        return Memory.getUnsignedByte(address + CODE_OFFSET);
    }

    /** Sets the code within the type. */
    public IcmpHeader code(final int code) {
        Memory.putByte(address + CODE_OFFSET, code);
        return this;
    }

    /** Checksum over the whole message. */
    public int checksum() {
        return Memory.getShortBE(address + CHECKSUM_OFFSET);
    }

    /** Sets the checksum. */
    public IcmpHeader checksum(final int checksum) {
        Memory.putShortBE(address + CHECKSUM_OFFSET, checksum);
        return this;
    }

    /** Identifier of an echo. */
    public int identifier() {
        return Memory.getShortBE(address + IDENTIFIER_OFFSET);
    }

    /** Sets the identifier of an echo. */
    public IcmpHeader identifier(final int identifier) {
        Memory.putShortBE(address + IDENTIFIER_OFFSET, identifier);
        return this;
    }

    /** Sequence number of an echo. */
    public int sequence() {
        return Memory.getShortBE(address + SEQUENCE_OFFSET);
    }

    /** Sets the sequence number of an echo. */
    public IcmpHeader sequence(final int sequence) {
        Memory.putShortBE(address + SEQUENCE_OFFSET, sequence);
        return this;
    }

    /** Computes the checksum over the message as it stands, {@code length} bytes, and sets it. */
    public IcmpHeader updateChecksum(final int length) {
        checksum(0);
        return checksum(InternetChecksum.checksum(InternetChecksum.sum(address, length)));
    }
}
