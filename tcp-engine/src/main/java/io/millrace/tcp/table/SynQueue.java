package io.millrace.tcp.table;

import io.millrace.memory.Memory;
import java.util.Arrays;

/**
 * The SYN queue: one record of 56 bytes for each half-open connection of a passive open, IPv4 or IPv6, in the order in
 * which their SYN-ACKs are to be retransmitted.
 *
 * <p>An entry that has been retransmitted {@code k} times waits {@code initialTimeout << k}. As all entries of a level wait
 * equally long, each level is a FIFO, and expiry looks at the heads only. An entry at the end of the last level has had its
 * time. Entries are looked up through {@link FlowIndex}, which the owner keeps in step, as he does the counts of each
 * listener. When full, {@link #add} answers {@link #NONE}: the owner sends a cookie, or drops the {@link #oldest} or the new
 * one.
 *
 * <p>Times are ms that wrap, and must not run backwards from call to call. Owner: the shard's thread. Allocates its memory
 * at construction, and nothing afterwards.
 */
public final class SynQueue implements AutoCloseable {
    /** The slot of no entry. */
    public static final int NONE = RecordSlab.NONE;
    /** The most times a SYN-ACK can be retransmitted. */
    public static final int MAXIMUM_RETRANSMISSIONS = 12;

    static final int RECORD_BYTES = 56;

    private static final int REMOTE_HI_OFFSET = 0;
    private static final int REMOTE_LO_OFFSET = 8;
    private static final int PORTS_OFFSET = 16;
    private static final int IRS_OFFSET = 20;
    private static final int ISS_OFFSET = 24;
    private static final int TS_RECENT_OFFSET = 28;
    private static final int PREVIOUS_OFFSET = 32;
    private static final int NEXT_OFFSET = 36;
    private static final int DEADLINE_OFFSET = 40;
    private static final int LOCAL_ADDRESS_OFFSET = 44;
    private static final int LISTENER_OFFSET = 46;
    private static final int PEER_MSS_OFFSET = 48;
    private static final int OPTIONS_OFFSET = 50;
    /** Retransmissions in bits 0 to 3; above, the interval in which the last challenge ACK was sent, 0 if none was. */
    private static final int RETRANSMISSIONS_OFFSET = 51;

    private static final int TS_OFFSET_OFFSET = 52;

    private static final int RETRANSMISSIONS_MASK = 0xf;
    private static final int CHALLENGE_SHIFT = 4;
    private static final int CHALLENGE_INTERVALS = 15;
    private static final int CHALLENGE_INTERVAL_SHIFT = 8;

    private final RecordSlab records;
    private final int initialTimeout;
    private final int[] heads;
    private final int[] tails;
    private int peak;

    /**
     * An empty queue.
     *
     * @param capacity the most entries, over all listeners
     * @param initialTimeoutMs until the first retransmission of the SYN-ACK; doubles with each (RFC 6298 §5.5)
     * @param retransmissions how many there are before the entry is given up; with 1 s, 5 make a lifetime of 63 s
     */
    public SynQueue(final String name, final int capacity, final int initialTimeoutMs, final int retransmissions) {
        if (retransmissions < 0 || retransmissions > MAXIMUM_RETRANSMISSIONS) {
            throw new IllegalArgumentException(
                    name + ": " + retransmissions + " retransmissions are outside 0 to " + MAXIMUM_RETRANSMISSIONS);
        }
        if (initialTimeoutMs < 1 || (long) initialTimeoutMs << retransmissions > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(name + ": an initial timeout of " + initialTimeoutMs + " ms, doubled "
                    + retransmissions + " times, is outside 1 to " + Integer.MAX_VALUE + " ms");
        }
        records = new RecordSlab(name, capacity, RECORD_BYTES);
        initialTimeout = initialTimeoutMs;
        heads = new int[retransmissions + 1];
        tails = new int[retransmissions + 1];
        Arrays.fill(heads, NONE);
        Arrays.fill(tails, NONE);
    }

    /**
     * Adds an entry for a SYN that is being answered now.
     *
     * @param localAddress index of our address, 16 bits
     * @param listener number of the listener, 16 bits
     * @param tsRecent the SYN's TSval, if timestamps are in use
     * @param tsOffset what is added to the clock to make our TSvals
     * @param peerMss the SYN's MSS option, or the default, 16 bits
     * @param options a byte of {@link SynOptions}
     * @return its slot, or {@link #NONE} when the queue is full
     */
    public int add(
            final long remoteHi,
            final long remoteLo,
            final int ports,
            final int localAddress,
            final int listener,
            final int irs,
            final int iss,
            final int tsRecent,
            final int tsOffset,
            final int peerMss,
            final int options,
            final int nowMs) {
        final int slot = records.allocate();
        if (slot == NONE) {
            return NONE;
        }
        final long record = records.address(slot);
        Memory.putLong(record + REMOTE_HI_OFFSET, remoteHi);
        Memory.putLong(record + REMOTE_LO_OFFSET, remoteLo);
        Memory.putInt(record + PORTS_OFFSET, ports);
        Memory.putInt(record + IRS_OFFSET, irs);
        Memory.putInt(record + ISS_OFFSET, iss);
        Memory.putInt(record + TS_RECENT_OFFSET, tsRecent);
        Memory.putInt(record + TS_OFFSET_OFFSET, tsOffset);
        Memory.putShort(record + LOCAL_ADDRESS_OFFSET, localAddress);
        Memory.putShort(record + LISTENER_OFFSET, listener);
        Memory.putShort(record + PEER_MSS_OFFSET, peerMss);
        Memory.putByte(record + OPTIONS_OFFSET, options);
        append(slot, record, 0, nowMs);
        peak = Math.max(peak, records.allocated());
        return slot;
    }

    /**
     * An entry whose time is up. The owner must then {@link #advance} it (and retransmit its SYN-ACK) or
     * {@link #remove} it; until he does, this method returns it again.
     *
     * @return its slot, or {@link #NONE}
     */
    public int nextExpired(final int nowMs) {
        for (final int slot : heads) {
            if (slot != NONE && nowMs - deadline(slot) >= 0) {
                return slot;
            }
        }
        return NONE;
    }

    /**
     * Counts one more retransmission, now, and starts the next, doubled timeout.
     *
     * @return false if the entry has had its last retransmission: it is unchanged, and to be removed
     */
    public boolean advance(final int slot, final int nowMs) {
        final long record = records.address(slot);
        final int level = level(record);
        if (level == heads.length - 1) {
            return false;
        }
        unlink(record, level);
        append(slot, record, level + 1, nowMs);
        return true;
    }

    /** Removes an entry: the handshake is complete, reset or given up. */
    public void remove(final int slot) {
        final long record = records.address(slot);
        unlink(record, level(record));
        Memory.putInt(record + PORTS_OFFSET, 0);
        records.free(slot);
    }

    /**
     * The entry that has waited longest: the first of the highest level, as an entry of level {@code k} is older than every
     * one of level {@code k - 1}.
     *
     * @return its slot, or {@link #NONE} when the queue is empty
     */
    public int oldest() {
        for (int level = heads.length - 1; level >= 0; level--) {
            if (heads[level] != NONE) {
                return heads[level];
            }
        }
        return NONE;
    }

    /**
     * The entry of one listener that has waited longest, looked for among the {@code limit} oldest of all.
     *
     * @return its slot, or {@link #NONE}
     */
    public int oldestOf(final int listener, final int limit) {
        int looked = 0;
        for (int level = heads.length - 1; level >= 0; level--) {
            for (int slot = heads[level]; slot != NONE && looked < limit; looked++) {
                if (listener(slot) == listener) {
                    return slot;
                }
                slot = Memory.getInt(records.address(slot) + NEXT_OFFSET);
            }
        }
        return NONE;
    }

    /** High word of the peer's address. */
    public long remoteHi(final int slot) {
        return Memory.getLong(records.address(slot) + REMOTE_HI_OFFSET);
    }

    /** Low word of the peer's address. */
    public long remoteLo(final int slot) {
        return Memory.getLong(records.address(slot) + REMOTE_LO_OFFSET);
    }

    /** {@code remotePort << 16 | localPort}. */
    public int ports(final int slot) {
        return Memory.getInt(records.address(slot) + PORTS_OFFSET);
    }

    /** Index of our address. */
    public int localAddress(final int slot) {
        return Memory.getUnsignedShort(records.address(slot) + LOCAL_ADDRESS_OFFSET);
    }

    /** Number of the listener. */
    public int listener(final int slot) {
        return Memory.getUnsignedShort(records.address(slot) + LISTENER_OFFSET);
    }

    /** Reads an entry's record, as {@link FlowIndex#touch} does its bucket. */
    public long touch(final int slot) {
        final long record = records.address(slot);
        return Memory.getByte(record) + Memory.getByte(record + RECORD_BYTES - 1);
    }

    /** IRS: the peer's initial sequence number. */
    public int irs(final int slot) {
        return Memory.getInt(records.address(slot) + IRS_OFFSET);
    }

    /** ISS: our initial sequence number. */
    public int iss(final int slot) {
        return Memory.getInt(records.address(slot) + ISS_OFFSET);
    }

    /** TS.Recent (RFC 7323 §4.3). */
    public int tsRecent(final int slot) {
        return Memory.getInt(records.address(slot) + TS_RECENT_OFFSET);
    }

    /** Sets TS.Recent, from a SYN that was repeated. */
    public void tsRecent(final int slot, final int value) {
        Memory.putInt(records.address(slot) + TS_RECENT_OFFSET, value);
    }

    /** What is added to the clock to make our TSvals (RFC 7323 §5.4). */
    public int tsOffset(final int slot) {
        return Memory.getInt(records.address(slot) + TS_OFFSET_OFFSET);
    }

    /** The peer's MSS. */
    public int peerMss(final int slot) {
        return Memory.getUnsignedShort(records.address(slot) + PEER_MSS_OFFSET);
    }

    /** A byte of {@link SynOptions}. */
    public int options(final int slot) {
        return Memory.getUnsignedByte(records.address(slot) + OPTIONS_OFFSET);
    }

    public void options(final int slot, final int value) {
        Memory.putByte(records.address(slot) + OPTIONS_OFFSET, value);
    }

    /** How often the SYN-ACK has been retransmitted. */
    public int retransmissions(final int slot) {
        return level(records.address(slot));
    }

    /**
     * Whether the entry may have a challenge ACK sent now: one in 256 ms (RFC 5961 §7), counted for it alone. As intervals
     * have the same number again after 4 s, one in 15 entries may find its second challenge held back then.
     */
    public boolean takeChallenge(final int slot, final int nowMs) {
        final long record = records.address(slot);
        final int interval = (nowMs >>> CHALLENGE_INTERVAL_SHIFT) % CHALLENGE_INTERVALS + 1;
        if (Memory.getUnsignedByte(record + RETRANSMISSIONS_OFFSET) >>> CHALLENGE_SHIFT == interval) {
            return false;
        }
        Memory.putByte(record + RETRANSMISSIONS_OFFSET, level(record) | interval << CHALLENGE_SHIFT);
        return true;
    }

    /** When its present timeout ends, ms. */
    public int deadline(final int slot) {
        return Memory.getInt(records.address(slot) + DEADLINE_OFFSET);
    }

    /** Every slot that is or was in use is below this. */
    public int used() {
        return records.used();
    }

    /** Whether there is an entry in a slot below {@link #used}: none has the ports 0 and 0. */
    public boolean isUsed(final int slot) {
        return ports(slot) != 0;
    }

    /** Number of entries. */
    public int size() {
        return records.allocated();
    }

    /** The most entries there have been. */
    public int peak() {
        return peak;
    }

    /** The most entries there can be. */
    public int capacity() {
        return records.capacity();
    }

    /** Bytes of memory reserved. */
    public long bytes() {
        return records.bytes();
    }

    /** Takes real memory for all of it now, instead of when it is first touched. */
    public void prefault() {
        records.prefault();
    }

    @Override
    public void close() {
        records.close();
    }

    private static int level(final long record) {
        return Memory.getUnsignedByte(record + RETRANSMISSIONS_OFFSET) & RETRANSMISSIONS_MASK;
    }

    private void append(final int slot, final long record, final int level, final int nowMs) {
        final int previous = tails[level];
        tails[level] = slot;
        if (previous == NONE) {
            heads[level] = slot;
        } else {
            Memory.putInt(records.address(previous) + NEXT_OFFSET, slot);
        }
        Memory.putInt(record + PREVIOUS_OFFSET, previous);
        Memory.putInt(record + NEXT_OFFSET, NONE);
        Memory.putInt(record + DEADLINE_OFFSET, nowMs + (initialTimeout << level));
        Memory.putByte(record + RETRANSMISSIONS_OFFSET, level);
    }

    private void unlink(final long record, final int level) {
        final int previous = Memory.getInt(record + PREVIOUS_OFFSET);
        final int next = Memory.getInt(record + NEXT_OFFSET);
        if (previous == NONE) {
            heads[level] = next;
        } else {
            Memory.putInt(records.address(previous) + NEXT_OFFSET, next);
        }
        if (next == NONE) {
            tails[level] = previous;
        } else {
            Memory.putInt(records.address(next) + PREVIOUS_OFFSET, previous);
        }
    }
}
