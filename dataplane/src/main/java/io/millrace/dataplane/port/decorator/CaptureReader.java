package io.millrace.dataplane.port.decorator;

import static io.millrace.dataplane.port.decorator.CaptureLayout.LANE_HEADER_LENGTH;
import static io.millrace.dataplane.port.decorator.CaptureLayout.LANE_SETTLED_OFFSET;
import static io.millrace.dataplane.port.decorator.CaptureLayout.LANE_WRITTEN_OFFSET;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a {@link CaptureRing} while it is written, or when its process is gone. It never holds up the writers: what they
 * have overwritten before it was read is counted as lost.
 *
 * <p>Frames come in the order in which their queue pair saw them, so a conversation is in order; frames of several queue
 * pairs are merged by time, as far as one call sees them. One thread; allocates when it is opened.
 */
public final class CaptureReader {
    private static final VarHandle COUNT = JAVA_LONG.varHandle();

    /**
     * A port whose frames are in the capture.
     *
     * @param name its name
     * @param description what it is
     */
    public record Interface(String name, String description) {}

    private final MemorySegment memory;
    private final int slots;
    private final int slotLength;
    private final int snap;
    private final int keep;
    private final List<Interface> interfaces = new ArrayList<>();
    private final List<String> comments;
    private final Lane[] lanes;
    private long lost;

    CaptureReader(final MemorySegment memory, final String name) {
        this.memory = memory;
        if (memory.byteSize() < CaptureLayout.NAMES_OFFSET
                || (long) COUNT.getVolatile(memory, (long) CaptureLayout.MAGIC_OFFSET) != CaptureLayout.MAGIC) {
            throw new IllegalArgumentException(name + " is not a capture ring of Millrace");
        }
        final int version = memory.get(JAVA_INT, CaptureLayout.VERSION_OFFSET);
        if (version != CaptureLayout.VERSION) {
            throw new IllegalArgumentException(
                    name + " has layout version " + version + "; this program reads " + CaptureLayout.VERSION);
        }
        slots = memory.get(JAVA_INT, CaptureLayout.SLOTS_OFFSET);
        slotLength = memory.get(JAVA_INT, CaptureLayout.SLOT_LENGTH_OFFSET);
        snap = memory.get(JAVA_INT, CaptureLayout.SNAP_OFFSET);
        keep = memory.get(JAVA_INT, CaptureLayout.KEEP_OFFSET);
        final int interfaceCount = memory.get(JAVA_INT, CaptureLayout.INTERFACES_OFFSET);
        final int laneCount = memory.get(JAVA_INT, CaptureLayout.LANES_OFFSET);
        final int namesLength = memory.get(JAVA_INT, CaptureLayout.NAMES_LENGTH_OFFSET);
        final long firstLane = memory.get(JAVA_LONG, CaptureLayout.FIRST_LANE_OFFSET);
        final long laneLength = CaptureLayout.laneLength(slots, slotLength);
        if (slots < 1
                || Integer.bitCount(slots) != 1
                || snap < 0
                || slotLength != CaptureLayout.slotLength(snap)
                || interfaceCount < 0
                || laneCount < 0
                || namesLength < 0
                || firstLane < CaptureLayout.NAMES_OFFSET + (long) namesLength
                || firstLane + laneCount * laneLength > memory.byteSize()) {
            throw new IllegalArgumentException(name + " is broken: its parts lie outside the file");
        }
        final List<String> names = new String(
                        memory.asSlice(CaptureLayout.NAMES_OFFSET, namesLength).toArray(JAVA_BYTE),
                        StandardCharsets.UTF_8)
                .lines()
                .toList();
        if (names.size() < interfaceCount + laneCount) {
            throw new IllegalArgumentException(name + " is broken: it has " + names.size() + " names");
        }
        for (final String line : names.subList(0, interfaceCount)) {
            final String[] parts = line.split("\t", -1);
            interfaces.add(new Interface(parts[0], parts.length > 1 ? parts[1] : ""));
        }
        comments = names.subList(interfaceCount + laneCount, names.size());
        lanes = new Lane[laneCount];
        for (int i = 0; i < laneCount; i++) {
            lanes[i] = new Lane(firstLane + i * laneLength, Integer.parseInt(names.get(interfaceCount + i)));
        }
    }

    /**
     * Opens a capture file that this or another process has made.
     *
     * @throws IOException when it can't be read
     * @throws IllegalArgumentException when it is not one; names the file
     */
    public static CaptureReader open(final Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new CaptureReader(
                    channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()), file.toString());
        }
    }

    /** The ports whose frames are in it. */
    public List<Interface> interfaces() {
        return List.copyOf(interfaces);
    }

    /** The most bytes kept of a frame. */
    public int snap() {
        return snap;
    }

    /** How many frames it was made to keep. */
    public int keep() {
        return keep;
    }

    /** Frames overwritten before this reader came to them. */
    public long lost() {
        return lost;
    }

    /** Whether the process that made it is alive. */
    public boolean isWriterAlive() {
        final Optional<ProcessHandle> writer = ProcessHandle.of(memory.get(JAVA_LONG, CaptureLayout.PROCESS_ID_OFFSET));
        return writer.isPresent() && writer.get().isAlive();
    }

    /** Hands over the frames that have settled since the last call; returns how many. */
    public int follow(final CapturedFrame.Handler handler) {
        for (final Lane lane : lanes) {
            lane.limit = lane.count(LANE_SETTLED_OFFSET);
        }
        return merge(handler, 0);
    }

    /**
     * Hands over the last {@code frames} frames there are now, settled or not; what has been read is passed over.
     *
     * @return how many there were
     */
    public int readLast(final int frames, final CapturedFrame.Handler handler) {
        long there = 0;
        for (final Lane lane : lanes) {
            lane.limit = lane.count(LANE_WRITTEN_OFFSET);
            there += Math.min(lane.limit - lane.next + 1, slots);
        }
        return merge(handler, Math.max(there - frames, 0));
    }

    private int merge(final CapturedFrame.Handler handler, final long passOver) {
        int handed = 0;
        for (long i = 0; ; i++) {
            Lane first = null;
            for (final Lane lane : lanes) {
                if (lane.load() && (first == null || lane.frame.epochNanos < first.frame.epochNanos)) {
                    first = lane;
                }
            }
            if (first == null) {
                return handed;
            }
            first.loaded = false;
            if (i >= passOver) {
                handler.onFrame(first.frame);
                handed++;
            }
        }
    }

    /** Our position in a lane, and the next frame there. */
    private final class Lane {
        private final long offset;
        private final CapturedFrame frame = new CapturedFrame(snap);
        private final MemorySegment copy = MemorySegment.ofBuffer(frame.data());
        private long next = 1;
        private long limit;
        private boolean loaded;

        private Lane(final long offset, final int interfaceNumber) {
            this.offset = offset;
            frame.interfaceNumber = interfaceNumber;
        }

        private long count(final int field) {
            return (long) COUNT.getVolatile(memory, offset + field);
        }

        /** Copies the next frame out, if there is one; skips what is gone. */
        private boolean load() {
            while (!loaded && next <= limit) {
                if (limit - next >= slots) {
                    lost += limit - slots + 1 - next;
                    next = limit - slots + 1;
                }
                loaded = copyOut(offset + LANE_HEADER_LENGTH + (next - 1 & slots - 1) * slotLength);
                lost += loaded ? 0 : 1;
                next++;
            }
            return loaded;
        }

        /** False when the slot has, or got while we read it, another frame. */
        private boolean copyOut(final long slot) {
            if ((long) COUNT.getVolatile(memory, slot + CaptureLayout.SLOT_SEQUENCE_OFFSET) != next) {
                return false;
            }
            final int kept = memory.get(JAVA_INT, slot + CaptureLayout.SLOT_KEPT_OFFSET);
            if (kept < 0 || kept > snap) {
                return false;
            }
            frame.epochNanos = memory.get(JAVA_LONG, slot + CaptureLayout.SLOT_TIME_OFFSET);
            frame.length = memory.get(JAVA_INT, slot + CaptureLayout.SLOT_LENGTH_FIELD_OFFSET);
            frame.inbound = memory.get(JAVA_INT, slot + CaptureLayout.SLOT_DIRECTION_OFFSET) == CaptureLayout.INBOUND;
            final int reason = memory.get(JAVA_INT, slot + CaptureLayout.SLOT_REASON_OFFSET);
            frame.comment = reason > 0 && reason <= comments.size() ? comments.get(reason - 1) : "";
            MemorySegment.copy(memory, slot + CaptureLayout.SLOT_DATA_OFFSET, copy, 0, kept);
            frame.data().clear().limit(kept);
            VarHandle.acquireFence(); // the frame was read before the count is read again
            return (long) COUNT.getVolatile(memory, slot + CaptureLayout.SLOT_SEQUENCE_OFFSET) == next;
        }
    }
}
