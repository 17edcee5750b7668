package io.millrace.tcp.stream;

import io.millrace.memory.Memory;
import io.millrace.tcp.table.RecordSlab;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A queue of bytes in a chain of off-heap blocks: the form of every send and receive buffer.
 *
 * <p>The queue itself is 16 bytes in its connection's record, at {@code chain}: head block, tail block, length, and how
 * many bytes of the head block are gone. An empty queue holds no block, and is all zeroes: a zeroed record has empty queues.
 * A block begins with the slot of the next one and the number of its bytes; they follow, or, in a block for bytes that were
 * lent, where they are and their owner's token. Lent bytes go back when the queue has no use for them any more: their blocks
 * wait in a list of the shard's until {@link #takeReturned}.
 *
 * <p>Who reads a long queue piece by piece need not walk it from its head each time: where the last piece of each queue ended
 * is remembered, in a small table that all queues of the shard share. One instance serves all queues of a shard; owned by
 * the shard's thread; allocates nothing after it is made.
 */
public final class ByteChain {
    /** Bytes of a block, its head included. */
    public static final int BLOCK_LENGTH = 4_096;

    private static final int HEAD_OFFSET = 0;
    private static final int TAIL_OFFSET = 4;
    private static final int LENGTH_OFFSET = 8;
    private static final int GONE_OFFSET = 12;

    private static final int NEXT_OFFSET = 0;
    /** How many bytes the block stands for; the complement of that, which is negative, if they were lent. */
    private static final int SIZE_OFFSET = 4;

    private static final int BYTES_OFFSET = 8;
    private static final int CAPACITY = BLOCK_LENGTH - BYTES_OFFSET;
    private static final int ADDRESS_OFFSET = 8;
    private static final int TOKEN_OFFSET = 16;

    /** Queues are spread over so many places to remember by the bits of their addresses; a record is 256 bytes. */
    private static final int CURSORS = 64;

    private static final int RECORD_SHIFT = 8;

    private final RecordSlab blocks;
    private final UnsafeBuffer text = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer target = new UnsafeBuffer(0, 0);
    private final long[] cursorChain = new long[CURSORS];
    /** How far from the front of its queue a cursor is, and where that is: a block, and the place in it. */
    private final int[] cursorOffset = new int[CURSORS];

    private final int[] cursorBlock = new int[CURSORS];
    private final int[] cursorAt = new int[CURSORS];
    private int firstReturned = RecordSlab.NONE;
    private int lastReturned;

    /** Over a pool of blocks of {@link #BLOCK_LENGTH} bytes. */
    public ByteChain(final RecordSlab blocks) {
        this.blocks = blocks;
    }

    /** Whether three quarters of the pool are in use: who has much should not ask for more. */
    boolean isScarce() {
        return blocks.allocated() > blocks.capacity() - (blocks.capacity() >> 2);
    }

    /** Bytes in the queue. */
    public int length(final long chain) {
        return Memory.getInt(chain + LENGTH_OFFSET);
    }

    /**
     * Copies bytes to the end of the queue.
     *
     * @return how many were taken; fewer than {@code count} when the pool is empty.
     */
    public int append(final long chain, final long source, final int count) {
        text.wrap(source, count);
        return append(chain, text, 0, count);
    }

    /** The same with bytes of a buffer that begin at {@code offset}. */
    public int append(final long chain, final DirectBuffer source, final int offset, final int count) {
        int length = length(chain);
        long block = length == 0 ? 0 : blocks.address(Memory.getInt(chain + TAIL_OFFSET));
        int used = length == 0 || isLent(block) ? CAPACITY : size(block);
        int taken = 0;
        while (taken < count) {
            if (used == CAPACITY) {
                block = appendBlock(chain, length == 0);
                if (block == 0) {
                    break;
                }
                used = 0;
            }
            final int step = Math.min(count - taken, CAPACITY - used);
            target.wrap(block + BYTES_OFFSET + used, step);
            source.getBytes(offset + taken, target, 0, step);
            taken += step;
            used += step;
            length += step;
            Memory.putInt(block + SIZE_OFFSET, used);
            Memory.putInt(chain + LENGTH_OFFSET, length);
        }
        return taken;
    }

    /**
     * Puts bytes at the end of the queue without copying them: they stay where they are, and must not change, until {@link
     * #takeReturned} tells of {@code token}. That takes a block, however many they are.
     *
     * @param count at least 1.
     * @return false when the pool is empty.
     */
    public boolean lend(final long chain, final long address, final int count, final long token) {
        final int length = length(chain);
        final long block = appendBlock(chain, length == 0);
        if (block == 0) {
            return false;
        }
        Memory.putInt(block + SIZE_OFFSET, ~count);
        Memory.putLong(block + ADDRESS_OFFSET, address);
        Memory.putLong(block + TOKEN_OFFSET, token);
        Memory.putInt(chain + LENGTH_OFFSET, length + count);
        return true;
    }

    /** Whether bytes that were lent are to go back. */
    public boolean hasReturned() {
        return firstReturned != RecordSlab.NONE;
    }

    /**
     * Takes over the list of what is to go back, in the order in which it was lent; its first element, or {@link
     * RecordSlab#NONE}. What comes while it is gone through is the beginning of another.
     */
    public int takeReturned() {
        final int first = firstReturned;
        firstReturned = RecordSlab.NONE;
        return first;
    }

    /** The token of lent bytes in such a list. */
    public long returnedToken(final int element) {
        return Memory.getLong(blocks.address(element) + TOKEN_OFFSET);
    }

    /** Frees an element of such a list; the one behind it, or {@link RecordSlab#NONE}. */
    public int freeReturned(final int element) {
        final int next = Memory.getInt(blocks.address(element) + NEXT_OFFSET);
        blocks.free(element);
        return next;
    }

    private static boolean isLent(final long block) {
        return Memory.getInt(block + SIZE_OFFSET) < 0;
    }

    private static int size(final long block) {
        final int size = Memory.getInt(block + SIZE_OFFSET);
        return size < 0 ? ~size : size;
    }

    private static long bytes(final long block) {
        return isLent(block) ? Memory.getLong(block + ADDRESS_OFFSET) : block + BYTES_OFFSET;
    }

    /** A new block at the end; its address, or 0 when the pool is empty. */
    private long appendBlock(final long chain, final boolean first) {
        final int block = blocks.allocate();
        if (block == RecordSlab.NONE) {
            return 0;
        }
        if (first) {
            Memory.putInt(chain + HEAD_OFFSET, block);
            Memory.putInt(chain + GONE_OFFSET, 0);
        } else {
            Memory.putInt(blocks.address(Memory.getInt(chain + TAIL_OFFSET)) + NEXT_OFFSET, block);
        }
        Memory.putInt(chain + TAIL_OFFSET, block);
        return blocks.address(block);
    }

    /** Copies {@code count} bytes that begin {@code offset} bytes into the queue; they stay there. */
    public void copyOut(final long chain, final int offset, final long destination, final int count) {
        final int head = Memory.getInt(chain + HEAD_OFFSET);
        final int cursor = cursor(chain);
        final boolean known = cursorChain[cursor] == chain && cursorOffset[cursor] <= offset;
        int slot = known ? cursorBlock[cursor] : head;
        int at = known ? cursorAt[cursor] + offset - cursorOffset[cursor] : Memory.getInt(chain + GONE_OFFSET) + offset;
        long block = blocks.address(slot);
        int size = size(block);
        int copied = 0;
        while (copied < count) {
            for (; at >= size; size = size(block)) {
                at -= size;
                slot = Memory.getInt(block + NEXT_OFFSET);
                block = blocks.address(slot);
            }
            final int step = Math.min(count - copied, size - at);
            Memory.copy(bytes(block) + at, destination + copied, step);
            copied += step;
            at += step;
        }
        if (slot != head) { // in the first block there is no way to be spared
            cursorChain[cursor] = chain;
            cursorOffset[cursor] = offset + count;
            cursorBlock[cursor] = slot;
            cursorAt[cursor] = at;
        }
    }

    private static int cursor(final long chain) {
        return (int) (chain >>> RECORD_SHIFT) & CURSORS - 1;
    }

    /** Where the first byte of the queue is; as many bytes as {@link #contiguous} says follow it. */
    public long headAddress(final long chain) {
        return bytes(blocks.address(Memory.getInt(chain + HEAD_OFFSET))) + Memory.getInt(chain + GONE_OFFSET);
    }

    /** Bytes that lie in one piece at the front of the queue. */
    public int contiguous(final long chain) {
        return length(chain) == 0
                ? 0
                : size(blocks.address(Memory.getInt(chain + HEAD_OFFSET))) - Memory.getInt(chain + GONE_OFFSET);
    }

    /** Takes {@code count} bytes off the front and gives back the blocks, and what was lent, that they leave empty. */
    public void discard(final long chain, final int count) {
        if (count == 0) {
            return;
        }
        final int length = length(chain) - count;
        int gone = Memory.getInt(chain + GONE_OFFSET) + count;
        int slot = Memory.getInt(chain + HEAD_OFFSET);
        long block = blocks.address(slot);
        while (gone >= size(block)) {
            final int next = Memory.getInt(block + NEXT_OFFSET);
            gone -= size(block);
            release(slot, block);
            if (gone == 0 && length == 0) {
                slot = 0; // that was the last: behind it there is none
                break;
            }
            slot = next;
            block = blocks.address(slot);
        }
        Memory.putInt(chain + HEAD_OFFSET, slot);
        Memory.putInt(chain + LENGTH_OFFSET, length);
        Memory.putInt(chain + GONE_OFFSET, gone);
        final int cursor = cursor(chain);
        if (cursorChain[cursor] == chain) {
            cursorOffset[cursor] -= count;
            if (cursorOffset[cursor] <= 0) {
                cursorChain[cursor] = 0; // its block may be gone
            }
        }
    }

    private void release(final int slot, final long block) {
        if (!isLent(block)) {
            blocks.free(slot);
            return;
        }
        if (firstReturned == RecordSlab.NONE) {
            firstReturned = slot;
        } else {
            Memory.putInt(blocks.address(lastReturned) + NEXT_OFFSET, slot);
        }
        Memory.putInt(block + NEXT_OFFSET, RecordSlab.NONE);
        lastReturned = slot;
    }

    /** Empties the queue. */
    public void clear(final long chain) {
        discard(chain, length(chain));
    }
}
