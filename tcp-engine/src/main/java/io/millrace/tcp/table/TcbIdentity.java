package io.millrace.tcp.table;

import io.millrace.memory.Memory;
import io.millrace.tcp.TcpState;

/**
 * The first cache line of a {@link Tcb}: who the connection is, where it stands, and whose it is. A part of that flyweight,
 * with its owner and its ways.
 */
public abstract sealed class TcbIdentity permits Tcb {
    private static final TcpState[] STATES = TcpState.values();

    long address;
    int slot;

    TcbIdentity() {}

    /** The slot in the connection slab. */
    public int slot() {
        return slot;
    }

    /** Address of the record. */
    public long address() {
        return address;
    }

    /** Whether {@code bits} of {@link #flags()} are set, any of them. */
    public boolean is(final int bits) {
        return (Memory.getInt(address + TcbLayout.FLAGS_OFFSET) & bits) != 0;
    }

    /** Sets bits of {@link #flags()}. */
    public void set(final int bits) {
        Memory.putInt(address + TcbLayout.FLAGS_OFFSET, Memory.getInt(address + TcbLayout.FLAGS_OFFSET) | bits);
    }

    /** Clears bits of {@link #flags()}. */
    public void clear(final int bits) {
        Memory.putInt(address + TcbLayout.FLAGS_OFFSET, Memory.getInt(address + TcbLayout.FLAGS_OFFSET) & ~bits);
    }

    /** Whether the record is of this flow. */
    public boolean matches(
            final long remoteHi, final long remoteLo, final long localHi, final long localLo, final int ports) {
        return ports() == ports
                && remoteLo() == remoteLo
                && localLo() == localLo
                && remoteHi() == remoteHi
                && localHi() == localHi;
    }

    /** Where the connection stands. */
    public TcpState state() {
        return STATES[stateOrdinal()];
    }

    /** {@link #state()} as its ordinal. */
    public int stateOrdinal() {
        return Memory.getByte(address + TcbLayout.STATE_OFFSET);
    }

    /** Sets the state; only {@code Transition} calls it, which knows what is legal. */
    public void state(final TcpState state) {
        Memory.putByte(address + TcbLayout.STATE_OFFSET, state.ordinal());
    }

    /** The peer's port. */
    public int remotePort() {
        return ports() >>> 16;
    }

    /** Our port. */
    public int localPort() {
        return ports() & 0xffff;
    }

    /** Where the {@link FlowIndex} names the record. While the record is free the slab keeps its link here. */
    public int indexPosition() {
        return Memory.getInt(address + TcbLayout.INDEX_POSITION_OFFSET);
    }

    public void indexPosition(final int value) {
        Memory.putInt(address + TcbLayout.INDEX_POSITION_OFFSET, value);
    }

    /** How often the slot was used; part of the connection's id. Survives the record's release. */
    public int generation() {
        return Memory.getInt(address + TcbLayout.GENERATION_OFFSET);
    }

    /** The peer's address, first eight bytes; 0 for IPv4. */
    public long remoteHi() {
        return Memory.getLong(address + TcbLayout.REMOTE_HI_OFFSET);
    }

    public void remoteHi(final long value) {
        Memory.putLong(address + TcbLayout.REMOTE_HI_OFFSET, value);
    }

    /** The peer's address, last eight bytes. */
    public long remoteLo() {
        return Memory.getLong(address + TcbLayout.REMOTE_LO_OFFSET);
    }

    public void remoteLo(final long value) {
        Memory.putLong(address + TcbLayout.REMOTE_LO_OFFSET, value);
    }

    /** Our address, first eight bytes. */
    public long localHi() {
        return Memory.getLong(address + TcbLayout.LOCAL_HI_OFFSET);
    }

    public void localHi(final long value) {
        Memory.putLong(address + TcbLayout.LOCAL_HI_OFFSET, value);
    }

    /** Our address, last eight bytes. */
    public long localLo() {
        return Memory.getLong(address + TcbLayout.LOCAL_LO_OFFSET);
    }

    public void localLo(final long value) {
        Memory.putLong(address + TcbLayout.LOCAL_LO_OFFSET, value);
    }

    /** The peer's port in the high 16 bits, ours in the low 16. */
    public int ports() {
        return Memory.getInt(address + TcbLayout.PORTS_OFFSET);
    }

    public void ports(final int value) {
        Memory.putInt(address + TcbLayout.PORTS_OFFSET, value);
    }

    /** Bits of this class. */
    public int flags() {
        return Memory.getInt(address + TcbLayout.FLAGS_OFFSET);
    }

    public void flags(final int value) {
        Memory.putInt(address + TcbLayout.FLAGS_OFFSET, value);
    }

    /** Number of the {@code TcpHandler} in the shard's registry. */
    public int handler() {
        return Memory.getUnsignedShort(address + TcbLayout.HANDLER_OFFSET);
    }

    public void handler(final int value) {
        Memory.putShort(address + TcbLayout.HANDLER_OFFSET, value);
    }

    /** The application's 64 bits. */
    public long attachment() {
        return Memory.getLong(address + TcbLayout.ATTACHMENT_OFFSET);
    }

    public void attachment(final long value) {
        Memory.putLong(address + TcbLayout.ATTACHMENT_OFFSET, value);
    }

    /** Number of the {@code ConnectionOptions} in the shard's registry; 0 are the engine's defaults. */
    public int options() {
        return Memory.getUnsignedShort(address + TcbLayout.OPTIONS_OFFSET);
    }

    public void options(final int value) {
        Memory.putShort(address + TcbLayout.OPTIONS_OFFSET, value);
    }
}
