package io.millrace.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A descriptor that any thread makes readable (eventfd(2)), for another that waits for several descriptors at once. Any
 * thread. Allocates when it is made.
 */
public final class EventDescriptor implements AutoCloseable {
    private static final int EFD_NONBLOCK = 0x800;
    private static final int EFD_CLOEXEC = 0x80000;

    private final CLibrary library = CLibrary.get();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment one = arena.allocateFrom(JAVA_LONG, 1L);
    private final MemorySegment count = arena.allocate(JAVA_LONG);
    private final int number;

    /**
     * Opens one, not readable yet.
     *
     * @throws LinuxException when this process has no descriptor left
     */
    public EventDescriptor() {
        number = library.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (number < 0) {
            arena.close();
            throw new LinuxException("eventfd", -number, "allow more open files: ulimit -n");
        }
    }

    /** The kernel's number of it. */
    public int number() {
        return number;
    }

    /** Makes it readable. */
    public void signal() {
        library.write(number, one.address(), Long.BYTES);
    }

    /** Makes it unreadable again. */
    public void clear() {
        library.read(number, count.address(), Long.BYTES);
    }

    /** Gives it up; nobody may signal any more. */
    @Override
    public void close() {
        library.close(number);
        arena.close();
    }
}
