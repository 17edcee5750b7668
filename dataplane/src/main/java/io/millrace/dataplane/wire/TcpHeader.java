package io.millrace.dataplane.wire;

import io.millrace.memory.Memory;

/**
 * TCP header (RFC 9293 §3.1), 20 to 60 bytes. Sequence and acknowledgment numbers are ints modulo 2^32. One thread;
 * allocates nothing.
 */
public final class TcpHeader {
    /** Length of a header without options, in bytes. */
    public static final int MIN_LENGTH = 20;
    /** Longest header the data offset can express, in bytes. */
    public static final int MAX_LENGTH = 60;

    private static final int SOURCE_PORT_OFFSET = 0;
    private static final int DESTINATION_PORT_OFFSET = 2;
    private static final int SEQUENCE_NUMBER_OFFSET = 4;
    private static final int ACKNOWLEDGMENT_NUMBER_OFFSET = 8;
    private static final int DATA_OFFSET_OFFSET = 12;
    private static final int FLAGS_OFFSET = 13;
    private static final int WINDOW_OFFSET = 14;
    private static final int CHECKSUM_OFFSET = 16;
    private static final int URGENT_POINTER_OFFSET = 18;

    private long address;

    /** Moves to the header at {@code address}. */
    public TcpHeader wrap(final long address) {
        this.address = address;
        return this;
    }

    /** Address of the header. */
    public long address() {
        return address;
    }

    /** Source port. */
    public int sourcePort() {
        return Memory.getShortBE(address + SOURCE_PORT_OFFSET);
    }

    /** Sets the source port. */
    public TcpHeader sourcePort(final int port) {
        Memory.putShortBE(address + SOURCE_PORT_OFFSET, port);
        return this;
    }

    /** Destination port. */
    public int destinationPort() {
        return Memory.getShortBE(address + DESTINATION_PORT_OFFSET);
    }

    /** Sets the destination port. */
    public TcpHeader destinationPort(final int port) {
        Memory.putShortBE(address + DESTINATION_PORT_OFFSET, port);
        return this;
    }

    /** Sequence number. */
    public int sequenceNumber() {
        return Memory.getIntBE(address + SEQUENCE_NUMBER_OFFSET);
    }

    /** Sets the sequence number. */
    public TcpHeader sequenceNumber(final int number) {
        Memory.putIntBE(address + SEQUENCE_NUMBER_OFFSET, number);
        return this;
    }

    /** Acknowledgment number. */
    public int acknowledgmentNumber() {
        return Memory.getIntBE(address + ACKNOWLEDGMENT_NUMBER_OFFSET);
    }

    /** Sets the acknowledgment number. */
    public TcpHeader acknowledgmentNumber(final int number) {
        Memory.putIntBE(address + ACKNOWLEDGMENT_NUMBER_OFFSET, number);
        return this;
    }

    /** Length of the header with options, in bytes. */
    public int dataOffset() {
        return Memory.getUnsignedByte(address + DATA_OFFSET_OFFSET) >>> 4 << 2;
    }

    /** Sets the length of the header with options, in bytes, a multiple of 4; the reserved bits become 0. */
    public TcpHeader dataOffset(final int bytes) {
        Memory.putByte(address + DATA_OFFSET_OFFSET, bytes << 2);
        return this;
    }

    /** The eight control bits, {@link TcpFlags}. */
    public int flags() {
        return Memory.getUnsignedByte(address + FLAGS_OFFSET);
    }

    /** Sets the eight control bits, {@link TcpFlags}. */
    public TcpHeader flags(final int flags) {
        Memory.putByte(address + FLAGS_OFFSET, flags);
        return this;
    }

    /** Window field, unscaled. */
    public int window() {
        return Memory.getShortBE(address + WINDOW_OFFSET);
    }

    /** Sets the window field, unscaled. */
    public TcpHeader window(final int window) {
        Memory.putShortBE(address + WINDOW_OFFSET, window);
        return this;
    }

    /** Checksum. */
    public int checksum() {
        return Memory.getShortBE(address + CHECKSUM_OFFSET);
    }

    /** Sets the checksum. */
    public TcpHeader checksum(final int checksum) {
        Memory.putShortBE(address + CHECKSUM_OFFSET, checksum);
        return this;
    }

    /** Urgent pointer. */
    public int urgentPointer() {
        return Memory.getShortBE(address + URGENT_POINTER_OFFSET);
    }

    /** Sets the urgent pointer. */
    public TcpHeader urgentPointer(final int pointer) {
        Memory.putShortBE(address + URGENT_POINTER_OFFSET, pointer);
        return this;
    }

    /** Address of the first option byte; the options end at {@link #dataOffset()}. */
    public long optionsAddress() {
        return address + MIN_LENGTH;
    }

    /**
     * Computes the checksum over the segment as it stands and sets it.
     *
     * @param source IPv4 source address, host order
     * @param destination IPv4 destination address, host order
     * @param segmentLength header and text, in bytes
     */
    public TcpHeader updateChecksum(final int source, final int destination, final int segmentLength) {
        checksum(0);
        final long pseudo = InternetChecksum.pseudoHeader(source, destination, IpProtocol.TCP, segmentLength);
        return checksum(InternetChecksum.checksum(pseudo + InternetChecksum.sum(address, segmentLength)));
    }
}
