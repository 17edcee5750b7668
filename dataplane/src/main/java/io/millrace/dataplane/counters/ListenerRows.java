package io.millrace.dataplane.counters;

import static io.millrace.dataplane.counters.CountersLayout.INT;
import static io.millrace.dataplane.counters.CountersLayout.LISTENER_LENGTH;
import static io.millrace.dataplane.counters.CountersLayout.LISTENER_NAME_LENGTH;
import static io.millrace.dataplane.counters.CountersLayout.LISTENER_NAME_OFFSET;
import static io.millrace.dataplane.counters.CountersLayout.LISTENER_VALUES_OFFSET;
import static io.millrace.dataplane.counters.CountersLayout.LONG;
import static io.millrace.dataplane.counters.CountersLayout.MAX_LISTENERS;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The rows of a counters file that belong to listeners. A row is taken by a listener as long as its serial number is not 0;
 * no two have the same, so a reader who finds it unchanged has read one listener. Any thread.
 */
final class ListenerRows implements ListenerBlocks {
    private final MemorySegment file;
    private final long first;
    private final Map<ListenerBlock, Integer> rows = new IdentityHashMap<>();
    private final Deque<Integer> free = new ArrayDeque<>();
    private int used;
    private long lastSerial;

    /** In {@code file}, from {@code first} on. */
    ListenerRows(final MemorySegment file, final long first) {
        this.file = file;
        this.first = first;
    }

    /** {@inheritDoc} What there is no row for is counted all the same, where nobody sees it. */
    @Override
    public synchronized ListenerBlock open(final String thread, final String local) {
        if (free.isEmpty() && used == MAX_LISTENERS) {
            return ListenerBlock.allocate();
        }
        final int row = free.isEmpty() ? used++ : free.removeFirst();
        final long at = first + (long) row * LISTENER_LENGTH;
        final byte[] name =
                Arrays.copyOf((thread + '\t' + local).getBytes(StandardCharsets.UTF_8), LISTENER_NAME_LENGTH);
        MemorySegment.copy(MemorySegment.ofArray(name), 0, file, at + LISTENER_NAME_OFFSET, name.length);
        final MemorySegment values = file.asSlice(at + LISTENER_VALUES_OFFSET, ListenerBlock.LENGTH);
        values.fill((byte) 0);
        VarHandle.releaseFence();
        file.set(LONG, at, ++lastSerial);
        file.set(INT, CountersLayout.LISTENER_COUNT_OFFSET, used);
        final ListenerBlock block = new ListenerBlock(values);
        rows.put(block, row);
        return block;
    }

    @Override
    public synchronized void close(final ListenerBlock block) {
        final Integer row = rows.remove(block);
        if (row != null) {
            file.set(LONG, first + (long) row * LISTENER_LENGTH, 0L);
            VarHandle.releaseFence(); // before the next one's name is written there
            free.add(row);
        }
    }
}
