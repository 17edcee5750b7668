package io.millrace.tcp.table;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;

/**
 * Connections in TIME_WAIT of one family, as a circular log of small records: 32 bytes for IPv4, 44 for IPv6. The slots of
 * a table begin where the owner says, so that two tables can share one kind of a {@link FlowIndex} ref.
 *
 * <p>All entries wait equally long, 2 MSL, so the order in which they are appended is the order in which they expire, and
 * neither links nor timers are needed: expiry looks at the oldest entry only. An entry that ends early (its tuple is opened
 * again) or starts its 2 MSL anew (its copy is appended) leaves a dead record, whose space comes back when all older ones
 * have gone. The first record of the log is always live.
 *
 * <p>Entries are looked up through {@link FlowIndex}, which the owner keeps in step. When the log is full, {@link #append}
 * answers {@link #NONE}; the owner then releases the {@link #oldest} and appends again. Times are ms that wrap, and must not
 * run backwards from call to call. Owner: the shard's thread. Allocates its memory at construction, and nothing afterwards.
 */
public final class TimeWaitTable implements AutoCloseable {
    /** The slot of no entry. */
    public static final int NONE = -1;
    /** A flag, the only one: timestamps were in use, TS.Recent is valid. */
    public static final int TIMESTAMPS = 1 << 1;

    private static final int LIVE = 1;
    /** Bits 2 to 7 of the flags: in which interval the last challenge ACK was sent, 1 to 63 in turn; 0 if none was. */
    private static final int CHALLENGE_SHIFT = 2;

    private static final int CHALLENGE_INTERVALS = 63;
    private static final int CHALLENGE_INTERVAL_SHIFT = 7;

    private static final int PORTS_OFFSET = 0;
    private static final int RCV_NXT_OFFSET = 4;
    private static final int SND_NXT_OFFSET = 8;
    private static final int TS_RECENT_OFFSET = 12;
    private static final int EXPIRY_OFFSET = 16;
    private static final int LOCAL_ADDRESS_OFFSET = 20;
    private static final int FLAGS_OFFSET = 22;
    private static final int INDEX_POSITION_OFFSET = 24;
    private static final int REMOTE_OFFSET = 28;

    /** Records that lie in one cache line, or nearly. */
    private static final int LINE_RECORDS = 2;

    private final MemoryRegion region;
    private final long slotZero;
    private final int first;
    private final int end;
    private final boolean ipv6;
    private final int recordBytes;
    private final int capacity;
    private final int timeout;
    private int head;
    private int tail;
    private int used;
    private int live;
    private int peak;

    private TimeWaitTable(
            final String name, final boolean ipv6, final int firstSlot, final int capacity, final int timeoutMs) {
        if (capacity < 1 || firstSlot < 0 || capacity > FlowIndex.MAXIMUM_SLOT - firstSlot || timeoutMs < 1) {
            throw new IllegalArgumentException(name + ": " + capacity + " entries of " + timeoutMs + " ms from slot "
                    + firstSlot + "; capacity is 1 to " + (FlowIndex.MAXIMUM_SLOT - firstSlot)
                    + ", 2 MSL at least 1 ms");
        }
        this.ipv6 = ipv6;
        this.capacity = capacity;
        timeout = timeoutMs;
        recordBytes = REMOTE_OFFSET + (ipv6 ? 2 * Long.BYTES : Integer.BYTES);
        region = MemoryRegion.allocate(name, (long) capacity * recordBytes);
        first = firstSlot;
        end = firstSlot + capacity;
        slotZero = region.address() - (long) firstSlot * recordBytes;
        head = firstSlot;
        tail = firstSlot;
    }

    /** A table of IPv4 connections, in slots from {@code firstSlot}; {@code timeoutMs} is 2 MSL. */
    public static TimeWaitTable forIpv4(
            final String name, final int firstSlot, final int capacity, final int timeoutMs) {
        return new TimeWaitTable(name, false, firstSlot, capacity, timeoutMs);
    }

    /** A table of IPv6 (and IPv4) connections, in slots from {@code firstSlot}; {@code timeoutMs} is 2 MSL. */
    public static TimeWaitTable forIpv6(
            final String name, final int firstSlot, final int capacity, final int timeoutMs) {
        return new TimeWaitTable(name, true, firstSlot, capacity, timeoutMs);
    }

    /**
     * Adds an entry, which expires 2 MSL from now.
     *
     * @param remoteHi high word of the peer's address; a table for IPv4 does not keep it
     * @param localAddress index of our address, 16 bits
     * @param tsRecent TS.Recent, if timestamps are in use
     * @param flags {@link #TIMESTAMPS} or 0
     * @param indexPosition where the {@link FlowIndex} names it
     * @return its slot, or {@link #NONE} when the log is full
     */
    public int append(
            final long remoteHi,
            final long remoteLo,
            final int ports,
            final int localAddress,
            final int rcvNxt,
            final int sndNxt,
            final int tsRecent,
            final int flags,
            final int indexPosition,
            final int nowMs) {
        if (used == capacity) {
            return NONE;
        }
        final long record = address(tail);
        Memory.putInt(record + PORTS_OFFSET, ports);
        Memory.putInt(record + RCV_NXT_OFFSET, rcvNxt);
        Memory.putInt(record + SND_NXT_OFFSET, sndNxt);
        Memory.putInt(record + TS_RECENT_OFFSET, tsRecent);
        Memory.putInt(record + EXPIRY_OFFSET, nowMs + timeout);
        Memory.putShort(record + LOCAL_ADDRESS_OFFSET, localAddress);
        Memory.putByte(record + FLAGS_OFFSET, flags | LIVE);
        Memory.putInt(record + INDEX_POSITION_OFFSET, indexPosition);
        if (ipv6) {
            Memory.putLong(record + REMOTE_OFFSET, remoteHi);
            Memory.putLong(record + REMOTE_OFFSET + Long.BYTES, remoteLo);
        } else {
            Memory.putInt(record + REMOTE_OFFSET, (int) remoteLo);
        }
        final int slot = grow();
        peak = Math.max(peak, live);
        return slot;
    }

    /**
     * Reads the records that the next {@code count} entries will take, so that their cache misses overlap with others; the
     * value is only returned so that the reads are not optimised away.
     */
    public long touchNext(final int count) {
        long read = 0;
        final int last = Math.min(count, end - tail);
        for (int i = 0; i < last; i += LINE_RECORDS) {
            read += Memory.getInt(address(tail + i));
        }
        return read;
    }

    /**
     * Starts the entry's 2 MSL anew (RFC 9293 §3.10.7.4: a retransmitted FIN), by moving it to the end of the log. When
     * the log is full, it stays as it is.
     *
     * @return its slot from now on, to which the owner changes the index
     */
    public int restart(final int slot, final int nowMs) {
        final long record = address(slot);
        if (expiry(slot) == nowMs + timeout || used == capacity) {
            return slot;
        }
        Memory.copy(record, address(tail), recordBytes);
        Memory.putInt(address(tail) + EXPIRY_OFFSET, nowMs + timeout);
        final int copy = grow();
        release(slot);
        return copy;
    }

    /**
     * The oldest entries whose 2 MSL are over, in order, so that what they need can be fetched all at once.
     *
     * @param slots filled from its start with as many as there are and fit; each is then the owner's to {@link #release}
     * @return how many
     */
    public int expired(final int nowMs, final int[] slots) {
        int count = 0;
        int slot = head;
        for (int seen = 0; seen < used && count < slots.length; seen++) {
            if (isLive(slot)) {
                if (nowMs - expiry(slot) < 0) {
                    break;
                }
                slots[count++] = slot;
            }
            slot = following(slot);
        }
        return count;
    }

    /** The entry that expires first, or {@link #NONE} when there is none. */
    public int oldest() {
        return used != 0 ? head : NONE;
    }

    /** Ends an entry, expired or not. */
    public void release(final int slot) {
        Memory.putByte(address(slot) + FLAGS_OFFSET, 0);
        live--;
        while (used != 0 && !isLive(head)) {
            head = following(head);
            used--;
        }
    }

    /** High word of the peer's address. */
    public long remoteHi(final int slot) {
        return ipv6 ? Memory.getLong(address(slot) + REMOTE_OFFSET) : 0;
    }

    /** Low word of the peer's address. */
    public long remoteLo(final int slot) {
        final long remote = address(slot) + REMOTE_OFFSET;
        return ipv6 ? Memory.getLong(remote + Long.BYTES) : IpAddress.lowWord(Memory.getInt(remote));
    }

    /** {@code remotePort << 16 | localPort}. */
    public int ports(final int slot) {
        return Memory.getInt(address(slot) + PORTS_OFFSET);
    }

    /** Index of our address. */
    public int localAddress(final int slot) {
        return Memory.getUnsignedShort(address(slot) + LOCAL_ADDRESS_OFFSET);
    }

    /** Where the {@link FlowIndex} names it. */
    public int indexPosition(final int slot) {
        return Memory.getInt(address(slot) + INDEX_POSITION_OFFSET);
    }

    /** RCV.NXT: the sequence number after the peer's FIN. */
    public int rcvNxt(final int slot) {
        return Memory.getInt(address(slot) + RCV_NXT_OFFSET);
    }

    /** SND.NXT: the sequence number after our FIN. */
    public int sndNxt(final int slot) {
        return Memory.getInt(address(slot) + SND_NXT_OFFSET);
    }

    /** TS.Recent (RFC 7323 §4.3). */
    public int tsRecent(final int slot) {
        return Memory.getInt(address(slot) + TS_RECENT_OFFSET);
    }

    /** Sets TS.Recent. */
    public void tsRecent(final int slot, final int value) {
        Memory.putInt(address(slot) + TS_RECENT_OFFSET, value);
    }

    /** The flags given to {@link #append}. */
    public int flags(final int slot) {
        return Memory.getUnsignedByte(address(slot) + FLAGS_OFFSET) & TIMESTAMPS;
    }

    /**
     * Whether the entry may have a challenge ACK sent now: one in 128 ms (RFC 5961 §7), counted for it alone. As intervals
     * have the same number again after 8 s, one in 63 entries may find its second challenge held back then.
     */
    public boolean takeChallenge(final int slot, final int nowMs) {
        final int interval = (nowMs >>> CHALLENGE_INTERVAL_SHIFT) % CHALLENGE_INTERVALS + 1;
        final int flags = Memory.getUnsignedByte(address(slot) + FLAGS_OFFSET);
        if (flags >>> CHALLENGE_SHIFT == interval) {
            return false;
        }
        Memory.putByte(address(slot) + FLAGS_OFFSET, flags & (LIVE | TIMESTAMPS) | interval << CHALLENGE_SHIFT);
        return true;
    }

    /** When its 2 MSL end, ms. */
    public int expiry(final int slot) {
        return Memory.getInt(address(slot) + EXPIRY_OFFSET);
    }

    /** How long ago its 2 MSL began, ms. */
    public int age(final int slot, final int nowMs) {
        return nowMs - expiry(slot) + timeout;
    }

    /** The first slot of the log from {@code slot} on, in the order of numbers; {@link #NONE} if there is none. */
    public int nextUsed(final int slot) {
        final int from = Math.max(slot, first);
        if (used == 0 || from >= end) {
            return NONE;
        }
        if (head < tail) {
            return from < head ? head : from < tail ? from : NONE;
        }
        return from < tail ? from : Math.max(from, head);
    }

    /** Whether there is an entry in a slot of the log. */
    public boolean isUsed(final int slot) {
        return isLive(slot);
    }

    /** Number of entries. */
    public int size() {
        return live;
    }

    /** The most entries there have been. */
    public int peak() {
        return peak;
    }

    /** Number of records that the log can hold, dead ones among them. */
    public int capacity() {
        return capacity;
    }

    /** Bytes of one record. */
    public int recordBytes() {
        return recordBytes;
    }

    /** Bytes of memory reserved. */
    public long bytes() {
        return region.size();
    }

    /** Takes real memory for all of it now, instead of when it is first touched. */
    public void prefault() {
        region.prefault();
    }

    @Override
    public void close() {
        region.close();
    }

    /** Counts in the record that has been written at the tail. */
    private int grow() {
        final int slot = tail;
        tail = following(tail);
        used++;
        live++;
        return slot;
    }

    private boolean isLive(final int slot) {
        return (Memory.getUnsignedByte(address(slot) + FLAGS_OFFSET) & LIVE) != 0;
    }

    private int following(final int slot) {
        return slot + 1 == end ? first : slot + 1;
    }

    private long address(final int slot) {
        return slotZero + (long) slot * recordBytes;
    }
}
