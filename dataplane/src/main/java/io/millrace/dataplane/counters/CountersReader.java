package io.millrace.dataplane.counters;

import static io.millrace.dataplane.counters.CountersLayout.BLOCK_NAME_LENGTH;
import static io.millrace.dataplane.counters.CountersLayout.FIGURE_LENGTH;
import static io.millrace.dataplane.counters.CountersLayout.FIGURE_NAME_OFFSET;
import static io.millrace.dataplane.counters.CountersLayout.INT;
import static io.millrace.dataplane.counters.CountersLayout.LISTENER_NAME_LENGTH;
import static io.millrace.dataplane.counters.CountersLayout.LISTENER_NAME_OFFSET;
import static io.millrace.dataplane.counters.CountersLayout.LISTENER_VALUES_OFFSET;
import static io.millrace.dataplane.counters.CountersLayout.LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads another process's {@link CountersFile} while it counts. Counters are known by the names in the file, which may be
 * of another version of this program. One thread; allocates when it is opened, and for names.
 */
public final class CountersReader implements AutoCloseable {
    private final Path path;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final List<Named> counters;
    private final List<Named> listenerCounters;
    private final int blocksOffset;
    private final int blockLength;
    private final int figuresOffset;
    private final int listenersOffset;
    private final int listenerLength;

    /**
     * A counter of the file.
     *
     * @param name the counter's
     * @param linuxName Linux's name of the same count; empty where it has none
     * @param sentence what is counted
     */
    public record Named(String name, String linuxName, String sentence) {
        /** Whether it goes up and down, and not up only. */
        public boolean isGauge() {
            return sentence.startsWith("Gauge:");
        }
    }

    /**
     * A figure of the file.
     *
     * @param owner whose it is, such as a port's name
     * @param name what it is
     * @param value its value now
     */
    public record Figure(String owner, String name, long value) {}

    /**
     * A listener on one thread.
     *
     * @param thread the polling thread that counts
     * @param local where it listens, such as {@code 10.0.0.1:80}
     * @param values of the {@link #listenerCounters}, in their order
     */
    public record Listener(String thread, String local, List<Long> values) {}

    private CountersReader(final Path path) throws IOException {
        this.path = path;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            memory = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        }
        if (memory.byteSize() < CountersLayout.HEADER_LENGTH
                || memory.get(LONG, CountersLayout.MAGIC_OFFSET) != CountersLayout.MAGIC) {
            throw broken("is not a counters file of Millrace");
        }
        final int version = intAt(CountersLayout.VERSION_OFFSET);
        if (version != CountersLayout.VERSION) {
            throw broken("has layout version " + version + "; this program reads " + CountersLayout.VERSION);
        }
        blocksOffset = intAt(CountersLayout.BLOCKS_OFFSET_OFFSET);
        blockLength = intAt(CountersLayout.BLOCK_LENGTH_OFFSET);
        figuresOffset = intAt(CountersLayout.FIGURES_OFFSET_OFFSET);
        listenersOffset = intAt(CountersLayout.LISTENERS_OFFSET_OFFSET);
        listenerLength = intAt(CountersLayout.LISTENER_LENGTH_OFFSET);
        checkParts();
        final List<Named> names = readNames();
        final int ofBlocks = intAt(CountersLayout.COUNTER_COUNT_OFFSET);
        counters = names.subList(0, ofBlocks);
        listenerCounters = names.subList(ofBlocks, names.size());
    }

    private void checkParts() throws IOException {
        final long names = intAt(CountersLayout.NAMES_OFFSET_OFFSET);
        final long namesLength = intAt(CountersLayout.NAMES_LENGTH_OFFSET);
        final long counterCount = intAt(CountersLayout.COUNTER_COUNT_OFFSET);
        final long blockCount = intAt(CountersLayout.BLOCK_COUNT_OFFSET);
        final long listenerCount = intAt(CountersLayout.LISTENER_COUNT_OFFSET);
        final long listenerCounterCount = intAt(CountersLayout.LISTENER_COUNTER_COUNT_OFFSET);
        final long figureCount = intAt(CountersLayout.FIGURE_COUNT_OFFSET);
        if (names < 0
                || namesLength < 0
                || names + namesLength > memory.byteSize()
                || counterCount < 0
                || BLOCK_NAME_LENGTH + counterCount * Long.BYTES > blockLength
                || blocksOffset < 0
                || blockCount < 0
                || blocksOffset + blockCount * blockLength > memory.byteSize()
                || figuresOffset < 0
                || figureCount < 0
                || figuresOffset + figureCount * FIGURE_LENGTH > memory.byteSize()
                || listenersOffset < 0
                || listenerCount < 0
                || listenerCounterCount < 0
                || LISTENER_VALUES_OFFSET + listenerCounterCount * Long.BYTES > listenerLength
                || listenersOffset + listenerCount * listenerLength > memory.byteSize()) {
            throw broken("is broken: its parts lie outside the file");
        }
    }

    private List<Named> readNames() throws IOException {
        final String names = text(intAt(CountersLayout.NAMES_OFFSET_OFFSET), intAt(CountersLayout.NAMES_LENGTH_OFFSET));
        final List<Named> read = names.lines()
                .map(line -> line.split("\t", 3))
                .filter(fields -> fields.length == 3)
                .map(fields -> new Named(fields[0], fields[1], fields[2]))
                .toList();
        if (read.size()
                != intAt(CountersLayout.COUNTER_COUNT_OFFSET) + intAt(CountersLayout.LISTENER_COUNTER_COUNT_OFFSET)) {
            throw broken("is broken: it has " + read.size() + " names");
        }
        return read;
    }

    private IOException broken(final String how) {
        arena.close();
        return new IOException(path + " " + how);
    }

    /**
     * Opens a counters file.
     *
     * @throws IOException when there is none, or it is not one; names the file
     */
    public static CountersReader open(final Path path) throws IOException {
        return new CountersReader(path);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** The counters, in their order. */
    public List<Named> counters() {
        return counters;
    }

    /** Names of the blocks there are by now, in their order. */
    public List<String> blockNames() {
        final int count = count(CountersLayout.BLOCK_COUNT_OFFSET, blocksOffset, blockLength);
        final List<String> names = new ArrayList<>();
        for (int block = 0; block < count; block++) {
            names.add(text(blocksOffset + (long) block * blockLength, BLOCK_NAME_LENGTH));
        }
        return names;
    }

    /** Value of a counter in a block now; both by their place in the order. */
    public long value(final int block, final int counter) {
        return memory.get(
                LONG, blocksOffset + (long) block * blockLength + BLOCK_NAME_LENGTH + (long) counter * Long.BYTES);
    }

    /** Sum of a counter, by its place, over all blocks now. */
    public long sum(final int counter) {
        final int count = count(CountersLayout.BLOCK_COUNT_OFFSET, blocksOffset, blockLength);
        long sum = 0;
        for (int block = 0; block < count; block++) {
            sum += value(block, counter);
        }
        return sum;
    }

    /** Sum of a counter over all blocks now; 0 when the file does not know the name. */
    public long sum(final String counterName) {
        for (int i = 0; i < counters.size(); i++) {
            if (counters.get(i).name().equals(counterName)) {
                return sum(i);
            }
        }
        return 0;
    }

    /** The figures there are by now. */
    public List<Figure> figures() {
        final int count = count(CountersLayout.FIGURE_COUNT_OFFSET, figuresOffset, FIGURE_LENGTH);
        final List<Figure> read = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final long at = figuresOffset + (long) i * FIGURE_LENGTH;
            final String[] names = text(at + FIGURE_NAME_OFFSET, FIGURE_LENGTH - FIGURE_NAME_OFFSET)
                    .split("\t", 2);
            read.add(new Figure(names[0], names.length > 1 ? names[1] : "", memory.get(LONG, at)));
        }
        return read;
    }

    /** What is counted of each listener, in its order. */
    public List<Named> listenerCounters() {
        return listenerCounters;
    }

    /** Those that listen now, once for each thread. */
    public List<Listener> listeners() {
        final int count = count(CountersLayout.LISTENER_COUNT_OFFSET, listenersOffset, listenerLength);
        final List<Listener> read = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final long at = listenersOffset + (long) i * listenerLength;
            final long serial = memory.get(LONG, at);
            VarHandle.acquireFence();
            final String[] names =
                    text(at + LISTENER_NAME_OFFSET, LISTENER_NAME_LENGTH).split("\t", 2);
            final List<Long> values = new ArrayList<>();
            for (int counter = 0; counter < listenerCounters.size(); counter++) {
                values.add(memory.get(LONG, at + LISTENER_VALUES_OFFSET + (long) counter * Long.BYTES));
            }
            VarHandle.acquireFence();
            if (serial != 0 && serial == memory.get(LONG, at)) { // else it came, went or changed hands meanwhile
                read.add(new Listener(names[0], names.length > 1 ? names[1] : "", List.copyOf(values)));
            }
        }
        return read;
    }

    /** Process id of the writer. */
    public long processId() {
        return memory.get(LONG, CountersLayout.PROCESS_ID_OFFSET);
    }

    /** Start of the writer, milliseconds since 1970. */
    public long startMillis() {
        return memory.get(LONG, CountersLayout.START_OFFSET);
    }

    /** A number of parts as it is by now; never one that would lie outside the file. */
    private int count(final int offset, final long first, final int length) {
        final int count = intAt(offset);
        VarHandle.acquireFence();
        return (int) Math.max(0, Math.min(count, (memory.byteSize() - first) / length));
    }

    private int intAt(final int offset) {
        return memory.get(INT, offset);
    }

    private String text(final long offset, final int room) {
        final byte[] bytes = memory.asSlice(offset, room).toArray(ValueLayout.JAVA_BYTE);
        int length = 0;
        while (length < room && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        arena.close();
    }
}
