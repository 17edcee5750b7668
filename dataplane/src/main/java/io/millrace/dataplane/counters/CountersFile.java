package io.millrace.dataplane.counters;

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
import java.util.ArrayList;
import java.util.List;

/**
 * Counters in a mapped file, which another process reads with {@link CountersReader} while they are counted. The layout is
 * that of {@code CountersLayout}.
 *
 * <p>Made and closed by a control thread; each block belongs to one polling thread. Closing deletes the file.
 */
public final class CountersFile implements AutoCloseable {
    private final Path path;
    private final Arena arena = Arena.ofShared();
    private final List<CounterBlock> blocks = new ArrayList<>();

    private CountersFile(final Path path) {
        this.path = path;
    }

    /**
     * Makes the file, in place of an old one, with a block of zeroed counters for each name.
     *
     * @throws UncheckedIOException when it can't be written; names the file
     */
    public static CountersFile create(final Path path, final List<String> blockNames) {
        final CountersFile file = new CountersFile(path);
        try {
            file.build(blockNames);
        } catch (final IOException e) {
            file.arena.close();
            throw new UncheckedIOException(
                    "counters file " + path + ": " + e + "; is its directory there, and writable?", e);
        }
        return file;
    }

    /** Builds it under another name and moves it into place, so that a reader never finds half a file. */
    private void build(final List<String> blockNames) throws IOException {
        final byte[] names = names(blockNames);
        final int blocksOffset = roundUp(CountersLayout.HEADER_LENGTH + names.length);
        final Path unfinished = path.resolveSibling(path.getFileName() + ".new");
        try {
            final MemorySegment memory = map(unfinished, blocksOffset + (long) blockNames.size() * CounterBlock.LENGTH);
            writeHeader(memory, blockNames.size(), blocksOffset, names);
            for (int i = 0; i < blockNames.size(); i++) {
                final long offset = blocksOffset + (long) i * CounterBlock.LENGTH;
                blocks.add(new CounterBlock(blockNames.get(i), memory.asSlice(offset, CounterBlock.LENGTH)));
            }
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private MemorySegment map(final Path file, final long length) throws IOException {
        Files.deleteIfExists(file);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(MapMode.READ_WRITE, 0, length, arena);
        } catch (final NoSuchFileException e) {
            throw new IOException("no such directory", e);
        }
    }

    private static void writeHeader(
            final MemorySegment memory, final int blockCount, final int blocksOffset, final byte[] names) {
        memory.set(CountersLayout.INT, CountersLayout.VERSION_OFFSET, CountersLayout.VERSION);
        memory.set(CountersLayout.INT, CountersLayout.COUNTER_COUNT_OFFSET, Counter.COUNT);
        memory.set(CountersLayout.INT, CountersLayout.BLOCK_COUNT_OFFSET, blockCount);
        memory.set(CountersLayout.INT, CountersLayout.BLOCK_LENGTH_OFFSET, CounterBlock.LENGTH);
        memory.set(CountersLayout.INT, CountersLayout.BLOCKS_OFFSET_OFFSET, blocksOffset);
        memory.set(CountersLayout.INT, CountersLayout.NAMES_OFFSET_OFFSET, CountersLayout.HEADER_LENGTH);
        memory.set(CountersLayout.INT, CountersLayout.NAMES_LENGTH_OFFSET, names.length);
        memory.set(
                CountersLayout.LONG,
                CountersLayout.PROCESS_ID_OFFSET,
                ProcessHandle.current().pid());
        memory.set(CountersLayout.LONG, CountersLayout.START_OFFSET, System.currentTimeMillis());
        MemorySegment.copy(MemorySegment.ofArray(names), 0, memory, CountersLayout.HEADER_LENGTH, names.length);
        VarHandle.releaseFence();
        memory.set(CountersLayout.LONG, CountersLayout.MAGIC_OFFSET, CountersLayout.MAGIC);
    }

    private static byte[] names(final List<String> blockNames) {
        final StringBuilder text = new StringBuilder();
        for (final Counter counter : Counter.values()) {
            text.append(counter.name())
                    .append('\t')
                    .append(counter.linuxName().orElse(""))
                    .append('\t')
                    .append(counter.sentence())
                    .append('\n');
        }
        for (final String name : blockNames) {
            if (name.isEmpty() || name.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("counter block name '" + name + "': must be one line, not empty");
            }
            text.append(name).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static int roundUp(final int offset) {
        return offset + CountersLayout.BLOCK_ALIGNMENT - 1 & -CountersLayout.BLOCK_ALIGNMENT;
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** The blocks, in the order of their names. */
    public List<CounterBlock> blocks() {
        return List.copyOf(blocks);
    }

    /** Deletes the file and unmaps it; no thread may count or read any more. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            throw new UncheckedIOException("counters file " + path, e);
        } finally {
            arena.close();
        }
    }
}
