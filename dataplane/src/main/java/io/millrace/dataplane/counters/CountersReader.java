package io.millrace.dataplane.counters;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Reads another process's {@link CountersFile} while it counts. Counters are known by the names in the file, which may be
 * of another version of this program. One thread; allocates when it is opened.
 */
public final class CountersReader implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final List<String[]> counters;
    private final List<String> blocks;
    private final int blocksOffset;
    private final int blockLength;

    private CountersReader(final Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            memory = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        }
        if (memory.byteSize() < CountersLayout.HEADER_LENGTH
                || memory.get(CountersLayout.LONG, CountersLayout.MAGIC_OFFSET) != CountersLayout.MAGIC) {
            throw new IOException(path + " is not a counters file of Millrace");
        }
        final int version = intAt(CountersLayout.VERSION_OFFSET);
        if (version != CountersLayout.VERSION) {
            throw new IOException(
                    path + " has layout version " + version + "; this program reads " + CountersLayout.VERSION);
        }
        blocksOffset = intAt(CountersLayout.BLOCKS_OFFSET_OFFSET);
        blockLength = intAt(CountersLayout.BLOCK_LENGTH_OFFSET);
        final int counterCount = intAt(CountersLayout.COUNTER_COUNT_OFFSET);
        final int blockCount = intAt(CountersLayout.BLOCK_COUNT_OFFSET);
        final int namesOffset = intAt(CountersLayout.NAMES_OFFSET_OFFSET);
        final int namesLength = intAt(CountersLayout.NAMES_LENGTH_OFFSET);
        final long end = blocksOffset + (long) blockCount * blockLength;
        if (namesOffset < 0
                || namesLength < 0
                || namesOffset + (long) namesLength > blocksOffset
                || counterCount < 0
                || (long) counterCount * Long.BYTES > blockLength
                || end > memory.byteSize()) {
            throw new IOException(path + " is broken: its parts lie outside the file");
        }
        final String names = new String(
                memory.asSlice(namesOffset, namesLength).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
        final List<String> lines = names.lines().toList();
        if (lines.size() != counterCount + blockCount) {
            throw new IOException(path + " is broken: it has " + lines.size() + " names");
        }
        counters = lines.subList(0, counterCount).stream()
                .map(line -> line.split("\t", 3))
                .toList();
        blocks = lines.subList(counterCount, lines.size());
    }

    /**
     * Opens a counters file.
     *
     * @throws IOException when there is none, or it is not one; names the file
     */
    public static CountersReader open(final Path path) throws IOException {
        return new CountersReader(path);
    }

    /** Names of the counters, in their order. */
    public List<String> counterNames() {
        return counters.stream().map(fields -> fields[0]).toList();
    }

    /** Linux's name of counter {@code i}; empty where it has none. */
    public String linuxName(final int i) {
        return counters.get(i).length > 1 ? counters.get(i)[1] : "";
    }

    /** What counter {@code i} counts. */
    public String sentence(final int i) {
        return counters.get(i).length > 2 ? counters.get(i)[2] : "";
    }

    /** Names of the blocks, in their order. */
    public List<String> blockNames() {
        return blocks;
    }

    /** Value of a counter in a block now. */
    public long value(final int block, final int counter) {
        return memory.get(CountersLayout.LONG, blocksOffset + (long) block * blockLength + (long) counter * Long.BYTES);
    }

    /** Sum of a counter over all blocks now; 0 when the file does not know the name. */
    public long sum(final String counterName) {
        final int counter = counterNames().indexOf(counterName);
        long sum = 0;
        for (int block = 0; counter >= 0 && block < blocks.size(); block++) {
            sum += value(block, counter);
        }
        return sum;
    }

    /** Process id of the writer. */
    public long processId() {
        return memory.get(CountersLayout.LONG, CountersLayout.PROCESS_ID_OFFSET);
    }

    /** Start of the writer, milliseconds since 1970. */
    public long startMillis() {
        return memory.get(CountersLayout.LONG, CountersLayout.START_OFFSET);
    }

    private int intAt(final int offset) {
        return memory.get(CountersLayout.INT, offset);
    }

    @Override
    public void close() {
        arena.close();
    }
}
