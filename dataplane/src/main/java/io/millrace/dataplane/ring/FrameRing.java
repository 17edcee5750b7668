package io.millrace.dataplane.ring;

import io.millrace.dataplane.FrameBatch;
import io.millrace.memory.MemoryRegion;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * A bounded ring of frame descriptors from one producer thread to one consumer thread, over Agrona's {@link
 * OneToOneRingBuffer}: a message holds up to {@value #MESSAGE_FRAMES} descriptors of mbuf address, hash and meta. Whoever
 * takes a descriptor owns its frame.
 *
 * <p>Allocates its memory once, when it is made.
 */
public final class FrameRing implements AutoCloseable {
    /** The most descriptors in one message. */
    public static final int MESSAGE_FRAMES = 32;

    private static final int MESSAGE_TYPE = 1;
    private static final int MBUF_OFFSET = 0;
    private static final int HASH_OFFSET = 8;
    private static final int META_OFFSET = 12;
    private static final int DESCRIPTOR_LENGTH = 16;
    /** Agrona's 8-byte header and one descriptor: what a frame takes when it travels alone. */
    private static final int LONE_FRAME_LENGTH = 24;
    /** The smallest ring that takes a full message: Agrona allows one eighth of the ring. */
    private static final int MIN_LENGTH = 8192;

    private final MemoryRegion memory;
    private final OneToOneRingBuffer ring;
    private final ControlledMessageHandler handler = this::onMessage;
    private final int capacity;
    private volatile Doorbell doorbell = Doorbell.SILENT;
    /** The consumer's: where {@link #onMessage} puts descriptors. */
    private FrameBatch target = new FrameBatch(1);

    /** Makes a ring for at least {@code frames} frames. */
    public FrameRing(final String name, final int frames) {
        if (frames < 1 || frames > 1 << 24) {
            throw new IllegalArgumentException("ring " + name + " of " + frames + " frames: must be 1 to " + (1 << 24));
        }
        final int length = length(frames);
        memory = MemoryRegion.allocate(name, length + RingBufferDescriptor.TRAILER_LENGTH);
        ring = new OneToOneRingBuffer(new UnsafeBuffer(memory.address(), (int) memory.size()));
        capacity = maxFramesFor(frames);
    }

    private static int length(final int frames) {
        return BitUtil.findNextPositivePowerOfTwo(Math.max(frames * LONE_FRAME_LENGTH, MIN_LENGTH));
    }

    /** The most frames that can ever be in a ring made for at least {@code frames}. */
    public static int maxFramesFor(final int frames) {
        return length(frames) / DESCRIPTOR_LENGTH;
    }

    /** The most frames that can ever be in it, which a pool must be able to spare. */
    public int maxFrames() {
        return capacity;
    }

    /** Has a doorbell rung after each offer: the consumer's. Any thread. */
    public void wakes(final Doorbell consumer) {
        doorbell = consumer;
    }

    /** True when there is nothing to take; exact for the consumer. */
    public boolean isEmpty() {
        return ring.size() == 0;
    }

    /** Any thread: a mark of all that has been put in so far, for {@link #hasConsumed}. */
    public long produced() {
        return ring.producerPosition();
    }

    /** Any thread: whether all that had been put in when {@link #produced} gave this mark has been taken out. */
    public boolean hasConsumed(final long mark) {
        return ring.consumerPosition() - mark >= 0;
    }

    /**
     * Producer: puts in the frames of a batch from index {@code from} on, in order, as many as there is room for.
     *
     * @return how many went in; the others remain the caller's
     */
    public int offer(final FrameBatch batch, final int from) {
        final int size = batch.size();
        int next = from;
        while (next < size) {
            final int count = Math.min(size - next, MESSAGE_FRAMES);
            final int index = ring.tryClaim(MESSAGE_TYPE, count * DESCRIPTOR_LENGTH);
            if (index < 0) {
                break;
            }
            write(batch, next, count, index);
            ring.commit(index);
            next += count;
        }
        if (next > from) {
            doorbell.ring();
        }
        return next - from;
    }

    private void write(final FrameBatch batch, final int from, final int count, final int index) {
        final MutableDirectBuffer buffer = ring.buffer();
        int at = index;
        for (int i = from; i < from + count; i++) {
            buffer.putLong(at + MBUF_OFFSET, batch.mbuf(i));
            buffer.putInt(at + HASH_OFFSET, batch.hash(i));
            buffer.putInt(at + META_OFFSET, batch.meta(i));
            at += DESCRIPTOR_LENGTH;
        }
    }

    /**
     * Consumer: appends frames to a batch, as long as whole messages fit; so the batch needs room for {@value
     * #MESSAGE_FRAMES} frames to be sure to make progress.
     *
     * @return number of frames appended
     */
    public int drain(final FrameBatch into) {
        target = into;
        final int before = into.size();
        if (ring.controlledRead(handler) == 0 && ring.size() != 0) {
            ring.controlledRead(handler); // at the end of the buffer there was padding alone, and one read ends there
        }
        return into.size() - before;
    }

    private ControlledMessageHandler.Action onMessage(
            final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        if (length / DESCRIPTOR_LENGTH > target.capacity() - target.size()) {
            return ControlledMessageHandler.Action.ABORT;
        }
        read(buffer, index, length);
        return ControlledMessageHandler.Action.CONTINUE;
    }

    private void read(final DirectBuffer buffer, final int index, final int length) {
        for (int at = index; at < index + length; at += DESCRIPTOR_LENGTH) {
            target.add(
                    buffer.getLong(at + MBUF_OFFSET), buffer.getInt(at + HASH_OFFSET), buffer.getInt(at + META_OFFSET));
        }
    }

    /** Gives up the memory, when neither thread uses the ring any more; frames in it are forgotten, not freed. */
    @Override
    public void close() {
        memory.close();
    }
}
