package io.millrace.tcp.stream;

import io.millrace.memory.Memory;
import io.millrace.tcp.table.RecordSlab;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A queue of bytes in a chain of off-heap blocks: the form of every send and receive buffer.
 *
 * <p>The queue itself is 16 bytes in its connection's record, at {@code chain}: head block, tail block, length, and how
 * many bytes of the head block are gone. An empty queue holds no block, and is all
 * zeroes: a zeroed record has empty queues. A block begins with the slot of the next one. One instance serves all queues of a shard; owned
 * by the shard's thread; allocates nothing.
 */
public final class ByteChain {
    /** Bytes of a block, the link included. */
    public static final int BLOCK_LENGTH = 4_096;

    private static final int HEAD_OFFSET = 0;
    private static final int TAIL_OFFSET = 4;
    private static final int LENGTH_OFFSET = 8;
    private static final int GONE_OFFSET = 12;
    private static final int NEXT_OFFSET = 0;
    private static final int BYTES_OFFSET = 8;
    private static final int CAPACITY = BLOCK_LENGTH - BYTES_OFFSET;

    private final RecordSlab blocks;
    private final UnsafeBuffer text = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer target = new UnsafeBuffer(0, 0);

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
        int used = length == 0 ? CAPACITY : (Memory.getInt(chain + GONE_OFFSET) + length - 1) % CAPACITY + 1;
        int taken = 0;
        while (taken < count) {
            if (used == CAPACITY) {
                if (!appendBlock(chain, length == 0)) {
                    break;
                }
                used = 0;
            }
            final int step = Math.min(count - taken, CAPACITY - used);
            final long block = blocks.address(Memory.getInt(chain + TAIL_OFFSET));
            target.wrap(block + BYTES_OFFSET + used, step);
            source.getBytes(offset + taken, target, 0, step);
            taken += step;
            used += step;
            length += step;
            Memory.putInt(chain + LENGTH_OFFSET, length);
        }
        return taken;
    }

    private boolean appendBlock(final long chain, final boolean first) {
        final int block = blocks.allocate();
        if (block == RecordSlab.NONE) {
            return false;
        }
        if (first) {
            Memory.putInt(chain + HEAD_OFFSET, block);
            Memory.putInt(chain + GONE_OFFSET, 0);
        } else {
            Memory.putInt(blocks.address(Memory.getInt(chain + TAIL_OFFSET)) + NEXT_OFFSET, block);
        }
        Memory.putInt(chain + TAIL_OFFSET, block);
        return true;
    }

    /** Copies {@code count} bytes that begin {@code offset} bytes into the queue; they stay there. */
    public void copyOut(final long chain, final int offset, final long destination, final int count) {
        int at = Memory.getInt(chain + GONE_OFFSET) + offset;
        int block = Memory.getInt(chain + HEAD_OFFSET);
        for (; at >= CAPACITY; at -= CAPACITY) {
            block = Memory.getInt(blocks.address(block) + NEXT_OFFSET);
        }
        for (int copied = 0; copied < count; ) {
            final int step = Math.min(count - copied, CAPACITY - at);
            final long address = blocks.address(block);
            Memory.copy(address + BYTES_OFFSET + at, destination + copied, step);
            copied += step;
            at = 0;
            block = Memory.getInt(address + NEXT_OFFSET);
        }
    }

    /** Where the first byte of the queue is; as many bytes as {@link #contiguous} says follow it. */
    public long headAddress(final long chain) {
        return blocks.address(Memory.getInt(chain + HEAD_OFFSET)) + BYTES_OFFSET + Memory.getInt(chain + GONE_OFFSET);
    }

    /** Bytes that lie in one piece at the front of the queue. */
    public int contiguous(final long chain) {
        return Math.min(length(chain), CAPACITY - Memory.getInt(chain + GONE_OFFSET));
    }

    /** Takes {@code count} bytes off the front and gives back the blocks that they leave empty. */
    public void discard(final long chain, final int count) {
        final int length = length(chain) - count;
        int gone = Memory.getInt(chain + GONE_OFFSET) + count;
        int block = Memory.getInt(chain + HEAD_OFFSET);
        while (gone >= CAPACITY || length == 0 && gone > 0) {
            final int next = Memory.getInt(blocks.address(block) + NEXT_OFFSET);
            blocks.free(block);
            gone -= CAPACITY;
            block = next;
        }
        Memory.putInt(chain + HEAD_OFFSET, length == 0 ? 0 : block);
        Memory.putInt(chain + LENGTH_OFFSET, length);
        Memory.putInt(chain + GONE_OFFSET, Math.max(gone, 0));
    }

    /** Empties the queue. */
    public void clear(final long chain) {
        final int length = length(chain);
        if (length > 0) {
            discard(chain, length);
        }
    }
}
