package io.millrace.dataplane.counters;

import static io.millrace.dataplane.counters.CountersLayout.BLOCK_LENGTH;
import static io.millrace.dataplane.counters.CountersLayout.BLOCK_NAME_LENGTH;
import static io.millrace.dataplane.counters.CountersLayout.FIGURE_LENGTH;
import static io.millrace.dataplane.counters.CountersLayout.FIGURE_NAME_OFFSET;
import static io.millrace.dataplane.counters.CountersLayout.INT;
import static io.millrace.dataplane.counters.CountersLayout.LONG;

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
import java.util.HashMap;
import java.util.Map;

/**
 * Counters in a mapped file, which another process reads with {@link CountersReader} while they are counted: a block for
 * each thread that counts, a row for each listener, and figures that a control thread notes now and then, such as a device's
 * own statistics. The layout is that of {@code CountersLayout}.
 *
 * <p>Made and closed by a control thread; each block belongs to one polling thread. Closing deletes the file; blocks stay
 * usable, since their memory lives as long as they do.
 */
public final class CountersFile implements AutoCloseable {
    private static final int FIGURES_OFFSET = CountersLayout.ALIGNMENT * 16;
    private static final int LISTENERS_OFFSET =
            roundUp(FIGURES_OFFSET + CountersLayout.MAX_FIGURES * CountersLayout.FIGURE_LENGTH);
    private static final int BLOCKS_OFFSET =
            roundUp(LISTENERS_OFFSET + CountersLayout.MAX_LISTENERS * CountersLayout.LISTENER_LENGTH);
    private static final long LENGTH = BLOCKS_OFFSET + (long) CountersLayout.MAX_BLOCKS * BLOCK_LENGTH;

    private final Path path;
    private final Map<String, Integer> figures = new HashMap<>();
    private MemorySegment memory = MemorySegment.NULL;
    private ListenerBlocks listeners = ListenerBlocks.PRIVATE;
    private int blocks;

    private CountersFile(final Path path) {
        this.path = path;
    }

    /**
     * Makes the file, in place of an old one, without any block yet.
     *
     * @throws UncheckedIOException when it can't be written; names the file
     */
    public static CountersFile create(final Path path) {
        final CountersFile file = new CountersFile(path);
        try {
            file.build();
        } catch (final IOException e) {
            throw new UncheckedIOException(
                    "counters file " + path + ": " + e + "; is its directory there, and writable?", e);
        }
        return file;
    }

    /** Builds it under another name and moves it into place, so that a reader never finds half a file. */
    private void build() throws IOException {
        final Path unfinished = path.resolveSibling(path.getFileName() + ".new");
        try {
            memory = map(unfinished);
            writeHeader(names());
            listeners = new ListenerRows(memory, LISTENERS_OFFSET);
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static MemorySegment map(final Path file) throws IOException {
        Files.deleteIfExists(file);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            // Lives as long as anybody holds a part of it: a thread that counts after the end does not crash.
            return channel.map(MapMode.READ_WRITE, 0, LENGTH, Arena.ofAuto());
        } catch (final NoSuchFileException e) {
            throw new IOException("no such directory", e);
        }
    }

    private void writeHeader(final byte[] names) throws IOException {
        if (CountersLayout.HEADER_LENGTH + names.length > FIGURES_OFFSET) {
            throw new IOException("the counters' names take " + names.length + " bytes, too many for the layout");
        }
        memory.set(INT, CountersLayout.VERSION_OFFSET, CountersLayout.VERSION);
        memory.set(INT, CountersLayout.COUNTER_COUNT_OFFSET, Counter.COUNT);
        memory.set(INT, CountersLayout.BLOCK_LENGTH_OFFSET, BLOCK_LENGTH);
        memory.set(INT, CountersLayout.BLOCKS_OFFSET_OFFSET, BLOCKS_OFFSET);
        memory.set(INT, CountersLayout.FIGURES_OFFSET_OFFSET, FIGURES_OFFSET);
        memory.set(INT, CountersLayout.LISTENERS_OFFSET_OFFSET, LISTENERS_OFFSET);
        memory.set(INT, CountersLayout.LISTENER_LENGTH_OFFSET, CountersLayout.LISTENER_LENGTH);
        memory.set(INT, CountersLayout.LISTENER_COUNTER_COUNT_OFFSET, ListenerCounter.COUNT);
        memory.set(INT, CountersLayout.NAMES_OFFSET_OFFSET, CountersLayout.HEADER_LENGTH);
        memory.set(INT, CountersLayout.NAMES_LENGTH_OFFSET, names.length);
        memory.set(
                LONG, CountersLayout.PROCESS_ID_OFFSET, ProcessHandle.current().pid());
        memory.set(LONG, CountersLayout.START_OFFSET, System.currentTimeMillis());
        MemorySegment.copy(MemorySegment.ofArray(names), 0, memory, CountersLayout.HEADER_LENGTH, names.length);
        VarHandle.releaseFence();
        memory.set(LONG, CountersLayout.MAGIC_OFFSET, CountersLayout.MAGIC);
    }

    private static byte[] names() {
        final StringBuilder text = new StringBuilder();
        for (final Counter counter : Counter.values()) {
            appendName(text, counter.name(), counter.linuxName().orElse(""), counter.sentence());
        }
        for (final ListenerCounter counter : ListenerCounter.values()) {
            appendName(text, counter.name(), counter.linuxName().orElse(""), counter.sentence());
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void appendName(
            final StringBuilder text, final String name, final String linuxName, final String sentence) {
        text.append(name)
                .append('\t')
                .append(linuxName)
                .append('\t')
                .append(sentence)
                .append('\n');
    }

    private static int roundUp(final int offset) {
        return offset + CountersLayout.ALIGNMENT - 1 & -CountersLayout.ALIGNMENT;
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /**
     * Adds a block of zeroed counters for a thread.
     *
     * @param name whose counters these are, such as {@code shard-0}
     */
    public synchronized CounterBlock newBlock(final String name) {
        if (blocks == CountersLayout.MAX_BLOCKS) {
            throw new IllegalStateException("counters file " + path + " has room for " + blocks + " threads only");
        }
        final long offset = BLOCKS_OFFSET + (long) blocks * BLOCK_LENGTH;
        writeName(offset, BLOCK_NAME_LENGTH, name);
        final CounterBlock block =
                new CounterBlock(name, memory.asSlice(offset + BLOCK_NAME_LENGTH, CounterBlock.LENGTH));
        blocks++;
        publish(CountersLayout.BLOCK_COUNT_OFFSET, blocks);
        return block;
    }

    /** Where the counters of listeners are kept, so that readers of the file see them. */
    public ListenerBlocks listeners() {
        return listeners;
    }

    /**
     * Notes a figure that nobody here counts, such as a device's own; what there is no room for is left out.
     *
     * @param owner whose figure it is, such as a port's name
     */
    public synchronized void note(final String owner, final String name, final long value) {
        final String key = owner + '\t' + name;
        Integer figure = figures.get(key);
        if (figure == null) {
            if (figures.size() == CountersLayout.MAX_FIGURES) {
                return;
            }
            figure = figures.size();
            figures.put(key, figure);
            writeName(figureOffset(figure) + FIGURE_NAME_OFFSET, FIGURE_LENGTH - FIGURE_NAME_OFFSET, key);
            memory.set(LONG, figureOffset(figure), value);
            publish(CountersLayout.FIGURE_COUNT_OFFSET, figures.size());
        }
        memory.set(LONG, figureOffset(figure), value);
    }

    private static long figureOffset(final int figure) {
        return FIGURES_OFFSET + (long) figure * FIGURE_LENGTH;
    }

    private void writeName(final long offset, final int room, final String name) {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, offset, Math.min(bytes.length, room));
    }

    private void publish(final int offset, final int count) {
        VarHandle.releaseFence();
        memory.set(INT, offset, count);
    }

    /** Deletes the file. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            throw new UncheckedIOException("counters file " + path, e);
        }
    }
}
