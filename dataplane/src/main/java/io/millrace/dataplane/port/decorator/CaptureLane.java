package io.millrace.dataplane.port.decorator;

import static io.millrace.dataplane.port.decorator.CaptureLayout.LANE_HEADER_LENGTH;
import static io.millrace.dataplane.port.decorator.CaptureLayout.LANE_SETTLED_OFFSET;
import static io.millrace.dataplane.port.decorator.CaptureLayout.LANE_WRITTEN_OFFSET;
import static io.millrace.dataplane.port.decorator.CaptureLayout.SLOT_DATA_OFFSET;
import static io.millrace.dataplane.port.decorator.CaptureLayout.SLOT_DIRECTION_OFFSET;
import static io.millrace.dataplane.port.decorator.CaptureLayout.SLOT_KEPT_OFFSET;
import static io.millrace.dataplane.port.decorator.CaptureLayout.SLOT_LENGTH_FIELD_OFFSET;
import static io.millrace.dataplane.port.decorator.CaptureLayout.SLOT_REASON_OFFSET;
import static io.millrace.dataplane.port.decorator.CaptureLayout.SLOT_SEQUENCE_OFFSET;
import static io.millrace.dataplane.port.decorator.CaptureLayout.SLOT_TIME_OFFSET;

import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.lang.invoke.VarHandle;
import org.agrona.concurrent.EpochNanoClock;

/**
 * The writing end of a capture ring for one queue pair. It overwrites the oldest frame and never looks at readers, so
 * nothing can make it wait.
 *
 * <p>A frame is received before it is known whether it will be dropped, so the frames of a burst settle when the next burst
 * is asked for: a reader that follows takes no frame before, and then finds the reason with it.
 *
 * <p>Owned by the thread of the queue pair, but for {@link #settle} once that thread no longer captures. Allocates when a
 * burst is larger than any before.
 */
final class CaptureLane {
    private static final int USUAL_BURST = 512;
    private static final long NOT_KEPT = 0;

    /** Held so that the memory lives as long as somebody may write into it. */
    private final CaptureRing ring;

    private final long address;
    private final CaptureFilter filter;
    private final EpochNanoClock clock;
    private final int mask;
    private final int slotLength;
    private final int snap;
    private long written;
    /** For each frame of the last burst received, the count of frames with it; {@link #NOT_KEPT} if it did not match. */
    private long[] received = new long[USUAL_BURST];

    private int receivedSize;
    /** For each frame of the burst being sent, the count of frames with it and those before it. */
    private long[] offered = new long[USUAL_BURST];

    private long beforeOffer;

    CaptureLane(
            final CaptureRing ring,
            final long address,
            final int slots,
            final CaptureSettings settings,
            final EpochNanoClock clock) {
        this.ring = ring;
        this.address = address;
        this.filter = settings.filter();
        this.clock = clock;
        this.snap = settings.snap();
        mask = slots - 1;
        slotLength = CaptureLayout.slotLength(snap);
    }

    /** The ring it belongs to. */
    CaptureRing ring() {
        return ring;
    }

    /** Takes a burst just received. */
    void received(final FrameBurst burst) {
        final int size = burst.size();
        if (size > received.length) {
            received = new long[burst.capacity()];
        }
        final long now = clock.nanoTime();
        for (int i = 0; i < size; i++) {
            received[i] = keep(burst.get(i), CaptureLayout.INBOUND, now) ? written : NOT_KEPT;
        }
        receivedSize = size;
        Memory.putLongRelease(address + LANE_WRITTEN_OFFSET, written);
    }

    /** Takes the frames of a burst that is about to be sent, before they are the port's; then {@link #sent}. */
    void sending(final FrameBurst burst) {
        final int size = burst.size();
        if (size > offered.length) {
            offered = new long[burst.capacity()];
        }
        beforeOffer = written;
        final long now = clock.nanoTime();
        for (int i = 0; i < size; i++) {
            keep(burst.get(i), CaptureLayout.OUTBOUND, now);
            offered[i] = written;
        }
    }

    /** Of the frames of {@link #sending} the port has taken the first {@code taken}; the others will be offered again. */
    void sent(final int taken) {
        written = taken == 0 ? beforeOffer : offered[taken - 1];
        Memory.putLongRelease(address + LANE_WRITTEN_OFFSET, written);
    }

    /** Frame {@code index} of the last burst received was dropped. */
    void dropped(final int index, final DropReason reason) {
        final long sequence = index < receivedSize ? received[index] : NOT_KEPT;
        if (sequence != NOT_KEPT && written - sequence <= mask) {
            Memory.putInt(slot(sequence) + SLOT_REASON_OFFSET, reason.ordinal() + 1);
        }
    }

    /** All frames so far are as they will remain. */
    void settle() {
        receivedSize = 0;
        Memory.putLongRelease(address + LANE_SETTLED_OFFSET, Memory.getLongVolatile(address + LANE_WRITTEN_OFFSET));
    }

    private boolean keep(final long mbuf, final int direction, final long now) {
        final long data = Mbuf.dataAddress(mbuf);
        final int inSegment = Mbuf.dataLength(mbuf);
        if (!filter.matches(data, inSegment, direction)) {
            return false;
        }
        final int kept = Math.min(inSegment, snap);
        final long slot = slot(++written);
        // the order a reader relies on: it sees 0, or the old count with the old frame, or the new one with the new
        // frame
        Memory.putLong(slot + SLOT_SEQUENCE_OFFSET, 0);
        VarHandle.storeStoreFence();
        Memory.putLong(slot + SLOT_TIME_OFFSET, now);
        Memory.putInt(slot + SLOT_LENGTH_FIELD_OFFSET, Mbuf.packetLength(mbuf));
        Memory.putInt(slot + SLOT_KEPT_OFFSET, kept);
        Memory.putInt(slot + SLOT_DIRECTION_OFFSET, direction);
        Memory.putInt(slot + SLOT_REASON_OFFSET, 0);
        Memory.copy(data, slot + SLOT_DATA_OFFSET, kept);
        Memory.putLongRelease(slot + SLOT_SEQUENCE_OFFSET, written);
        return true;
    }

    private long slot(final long sequence) {
        return address + LANE_HEADER_LENGTH + ((sequence - 1) & mask) * slotLength;
    }
}
