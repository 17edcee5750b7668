package io.millrace.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What a thread sleeps for: descriptors that become readable, another thread's {@link #wake}, or time. ppoll(2) looks at
 * the descriptors for the length of the sleep only, so that they cost nothing while the thread is awake.
 *
 * <p>Owned by the thread that sleeps, but for {@link #wake}. Allocates when it is made.
 */
public final class WaitSet implements AutoCloseable {
    private static final short POLLIN = 1;
    /** struct pollfd: int fd, short events, short revents. */
    private static final int ENTRY_LENGTH = 8;

    private static final int EVENTS_OFFSET = 4;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final CLibrary library = CLibrary.get();
    private final Arena arena = Arena.ofShared();
    private final int capacity;
    private final EventDescriptor event = new EventDescriptor();
    private final MemorySegment entries;
    private final MemorySegment timespec;
    private int size;

    /**
     * Makes a set for up to {@code capacity} descriptors.
     *
     * @throws LinuxException when this process has no descriptor left
     */
    public WaitSet(final int capacity) {
        this.capacity = capacity;
        entries = arena.allocate((long) (capacity + 1) * ENTRY_LENGTH, Long.BYTES);
        timespec = arena.allocate(JAVA_LONG, 2);
        add(event.number());
    }

    /** Adds a descriptor; it must stay open as long as it is in the set. */
    public void add(final int descriptor) {
        if (size > capacity) {
            throw new IllegalStateException("more than " + capacity + " descriptors to wait for");
        }
        final long entry = (long) size * ENTRY_LENGTH;
        entries.set(JAVA_INT, entry, descriptor);
        entries.set(JAVA_SHORT, entry + EVENTS_OFFSET, POLLIN);
        size++;
    }

    /** Takes a descriptor out; nothing happens if it is not in the set. */
    public void remove(final int descriptor) {
        for (int i = 1; i < size; i++) {
            if (entries.get(JAVA_INT, (long) i * ENTRY_LENGTH) == descriptor) {
                size--;
                final long last = entries.get(JAVA_LONG, (long) size * ENTRY_LENGTH);
                entries.set(JAVA_LONG, (long) i * ENTRY_LENGTH, last);
                return;
            }
        }
    }

    /** Sleeps for at most so long; true if something other than time ended it. */
    public boolean await(final long nanos) {
        return await(nanos, size);
    }

    /** The same, for {@link #wake} and time alone. */
    public boolean awaitWake(final long nanos) {
        return await(nanos, 1);
    }

    private boolean await(final long nanos, final int descriptors) {
        timespec.set(JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
        timespec.set(JAVA_LONG, Long.BYTES, nanos % NANOS_PER_SECOND);
        return library.ppoll(entries.address(), descriptors, timespec.address()) != 0;
    }

    /** Any thread: ends the sleep, or the next one if there is none now. */
    public void wake() {
        event.signal();
    }

    /** Forgets that {@link #wake} was called. */
    public void forgetWake() {
        event.clear();
    }

    /** Gives up the set; no thread may call {@link #wake} any more. */
    @Override
    public void close() {
        event.close();
        arena.close();
    }
}
