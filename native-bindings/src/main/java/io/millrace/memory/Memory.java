package io.millrace.memory;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/**
 * Raw off-heap memory by address: the one door through which the packet path reads and writes frames and tables.
 *
 * <p>Nothing is checked: an address outside a live allocation crashes the JVM, so addresses never leave the engine.
 * Plain names use the machine's byte order; names that end in {@code BE} use network byte order (big-endian). Accesses
 * may be unaligned, but for the ordered ones, which need natural alignment. Any thread; allocates nothing.
 */
public final class Memory {
    private static final boolean SWAP = ByteOrder.nativeOrder() == LITTLE_ENDIAN;

    private Memory() {}

    /** Reads one signed byte. */
    public static byte getByte(final long address) {
        return UnsafeApi.getByte(address);
    }

    /** Reads one byte as 0 to 255. */
    public static int getUnsignedByte(final long address) {
        return UnsafeApi.getByte(address) & 0xff;
    }

    /** Writes the low byte of {@code value}. */
    public static void putByte(final long address, final int value) {
        UnsafeApi.putByte(address, (byte) value);
    }

    /** Reads two bytes as 0 to 65535, machine order. */
    public static int getUnsignedShort(final long address) {
        return UnsafeApi.getShort(address) & 0xffff;
    }

    /** Writes the low two bytes of {@code value}, machine order. */
    public static void putShort(final long address, final int value) {
        UnsafeApi.putShort(address, (short) value);
    }

    /** Reads four bytes, machine order. */
    public static int getInt(final long address) {
        return UnsafeApi.getInt(address);
    }

    /** Writes four bytes, machine order. */
    public static void putInt(final long address, final int value) {
        UnsafeApi.putInt(address, value);
    }

    /** Reads eight bytes, machine order. */
    public static long getLong(final long address) {
        return UnsafeApi.getLong(address);
    }

    /** Writes eight bytes, machine order. */
    public static void putLong(final long address, final long value) {
        UnsafeApi.putLong(address, value);
    }

    /** Reads two bytes as 0 to 65535, network order. */
    public static int getShortBE(final long address) {
        final short value = UnsafeApi.getShort(address);
        return (SWAP ? Short.reverseBytes(value) : value) & 0xffff;
    }

    /** Writes the low two bytes of {@code value}, network order. */
    public static void putShortBE(final long address, final int value) {
        UnsafeApi.putShort(address, SWAP ? Short.reverseBytes((short) value) : (short) value);
    }

    /** Reads four bytes, network order. */
    public static int getIntBE(final long address) {
        final int value = UnsafeApi.getInt(address);
        return SWAP ? Integer.reverseBytes(value) : value;
    }

    /** Writes four bytes, network order. */
    public static void putIntBE(final long address, final int value) {
        UnsafeApi.putInt(address, SWAP ? Integer.reverseBytes(value) : value);
    }

    /** Reads eight bytes, network order. */
    public static long getLongBE(final long address) {
        final long value = UnsafeApi.getLong(address);
        return SWAP ? Long.reverseBytes(value) : value;
    }

    /** Writes eight bytes, network order. */
    public static void putLongBE(final long address, final long value) {
        UnsafeApi.putLong(address, SWAP ? Long.reverseBytes(value) : value);
    }

    /** Reads eight aligned bytes with volatile semantics. */
    public static long getLongVolatile(final long address) {
        return UnsafeApi.getLongVolatile(null, address);
    }

    /** Writes eight aligned bytes; earlier writes are visible to whoever reads the value with volatile semantics. */
    public static void putLongRelease(final long address, final long value) {
        UnsafeApi.putLongRelease(null, address, value);
    }

    /** Copies {@code length} bytes; the ranges may overlap. */
    public static void copy(final long source, final long destination, final long length) {
        UnsafeApi.copyMemory(source, destination, length);
    }

    /** Fills {@code length} bytes with the low byte of {@code value}. */
    public static void fill(final long address, final long length, final int value) {
        UnsafeApi.setMemory(address, length, (byte) value);
    }
}
