package io.millrace.dataplane.port.decorator;

import static io.millrace.dataplane.port.decorator.CaptureLayout.LANE_ALIGNMENT;
import static io.millrace.dataplane.port.decorator.CaptureLayout.NAMES_OFFSET;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.millrace.dataplane.ingress.DropReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.IntStream;
import org.agrona.BitUtil;
import org.agrona.concurrent.EpochNanoClock;

/**
 * The last frames that went through one or more ports, kept in memory or in a mapped file; the layout is that of {@code
 * CaptureLayout}. While it is open its taps write into it, a lane for each queue pair.
 *
 * <p>Made and closed by a control thread, on engines that run or not. Allocates everything when it is made; memory is touched
 * as it fills. The memory goes when nobody can reach it any more: a polling thread may still write a burst after the end.
 */
public final class CaptureRing implements AutoCloseable {
    /** More than one burst in and out, so that no frame is overwritten before its fate is known. */
    private static final int FEWEST_SLOTS = 1_024;

    private final MemorySegment memory;
    private final List<PcapTap> taps;
    private final List<CaptureLane> lanes;
    private boolean closed;

    private CaptureRing(
            final MemorySegment memory,
            final List<PcapTap> taps,
            final CaptureSettings settings,
            final EpochNanoClock clock,
            final byte[] names) {
        this.memory = memory;
        this.taps = List.copyOf(taps);
        final int slots = slots(settings);
        final long firstLane = firstLane(names);
        final long laneLength = CaptureLayout.laneLength(slots, CaptureLayout.slotLength(settings.snap()));
        writeHeader(settings, clock, names);
        lanes = IntStream.range(0, laneCount(taps))
                .mapToObj(i ->
                        new CaptureLane(this, memory.address() + firstLane + i * laneLength, slots, settings, clock))
                .toList();
    }

    /**
     * Begins to capture in memory of this process.
     *
     * @throws IllegalStateException when a tap has a capture already
     */
    public static CaptureRing inMemory(
            final List<PcapTap> taps, final CaptureSettings settings, final EpochNanoClock clock) {
        final byte[] names = names(taps);
        final MemorySegment memory = Arena.ofAuto().allocate(length(taps, settings, names), LANE_ALIGNMENT);
        return new CaptureRing(memory, taps, settings, clock, names).attach();
    }

    /**
     * Begins to capture in a mapped file, in place of an old one; the file stays, also when the process dies. Wants a file
     * system in memory, such as {@code /dev/shm}: on a disk the kernel may make a polling thread wait while it writes pages.
     *
     * @throws UncheckedIOException when it can't be written; names the file
     * @throws IllegalStateException when a tap has a capture already
     */
    public static CaptureRing inFile(
            final Path file, final List<PcapTap> taps, final CaptureSettings settings, final EpochNanoClock clock) {
        final byte[] names = names(taps);
        final Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        try {
            try {
                final MemorySegment memory = map(unfinished, length(taps, settings, names));
                final CaptureRing ring = new CaptureRing(memory, taps, settings, clock, names);
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
                return ring.attach();
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(
                    "capture file " + file + ": " + e + "; is its directory there, writable, and with room?", e);
        }
    }

    private static MemorySegment map(final Path file, final long length) throws IOException {
        Files.deleteIfExists(file);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, length, Arena.ofAuto());
        } catch (final NoSuchFileException e) {
            throw new IOException("no such directory", e);
        }
    }

    private static int slots(final CaptureSettings settings) {
        return BitUtil.findNextPositivePowerOfTwo(Math.max(settings.frames(), FEWEST_SLOTS));
    }

    private static int laneCount(final List<PcapTap> taps) {
        return taps.stream().mapToInt(PcapTap::queuePairs).sum();
    }

    private static long firstLane(final byte[] names) {
        return NAMES_OFFSET + names.length + LANE_ALIGNMENT - 1 & -LANE_ALIGNMENT;
    }

    private static long length(final List<PcapTap> taps, final CaptureSettings settings, final byte[] names) {
        final long lane = CaptureLayout.laneLength(slots(settings), CaptureLayout.slotLength(settings.snap()));
        return firstLane(names) + laneCount(taps) * lane;
    }

    private static byte[] names(final List<PcapTap> taps) {
        final StringBuilder text = new StringBuilder();
        for (final PcapTap tap : taps) {
            text.append(oneLine(tap.name()))
                    .append('\t')
                    .append(oneLine(tap.description()))
                    .append('\n');
        }
        for (int i = 0; i < taps.size(); i++) {
            text.repeat(i + "\n", taps.get(i).queuePairs());
        }
        for (final DropReason reason : DropReason.values()) {
            text.append(reason.counter().sentence())
                    .append(" (")
                    .append(reason.counter().name())
                    .append(")\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String oneLine(final String text) {
        return text.replaceAll("[\\t\\n\\r]", " ");
    }

    private void writeHeader(final CaptureSettings settings, final EpochNanoClock clock, final byte[] names) {
        memory.set(JAVA_INT, CaptureLayout.VERSION_OFFSET, CaptureLayout.VERSION);
        memory.set(JAVA_INT, CaptureLayout.LANES_OFFSET, laneCount(taps));
        memory.set(JAVA_INT, CaptureLayout.SLOTS_OFFSET, slots(settings));
        memory.set(JAVA_INT, CaptureLayout.SLOT_LENGTH_OFFSET, CaptureLayout.slotLength(settings.snap()));
        memory.set(JAVA_INT, CaptureLayout.SNAP_OFFSET, settings.snap());
        memory.set(JAVA_INT, CaptureLayout.INTERFACES_OFFSET, taps.size());
        memory.set(
                JAVA_LONG,
                CaptureLayout.PROCESS_ID_OFFSET,
                ProcessHandle.current().pid());
        memory.set(JAVA_LONG, CaptureLayout.START_OFFSET, clock.nanoTime());
        memory.set(JAVA_LONG, CaptureLayout.FIRST_LANE_OFFSET, firstLane(names));
        memory.set(JAVA_INT, CaptureLayout.NAMES_LENGTH_OFFSET, names.length);
        memory.set(JAVA_INT, CaptureLayout.KEEP_OFFSET, settings.frames());
        MemorySegment.copy(MemorySegment.ofArray(names), 0, memory, NAMES_OFFSET, names.length);
        VarHandle.releaseFence();
        memory.set(JAVA_LONG, CaptureLayout.MAGIC_OFFSET, CaptureLayout.MAGIC);
    }

    private CaptureRing attach() {
        int first = 0;
        for (final PcapTap tap : taps) {
            tap.attach(lanes.subList(first, first + tap.queuePairs()));
            first += tap.queuePairs();
        }
        return this;
    }

    /** A reader of its own position, beginning with the oldest frame that is still there. */
    public CaptureReader reader() {
        return new CaptureReader(memory, "the capture");
    }

    /** Takes the taps' attention off it. What is in it stays readable; a mapped file stays. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            taps.forEach(PcapTap::detach);
            lanes.forEach(CaptureLane::settle);
        }
    }
}
