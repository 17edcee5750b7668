package io.millrace.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A descriptor over another one: readable once the other has had something new to tell, unreadable again after
 * {@link #rest}, though nobody has read from the other. So whoever sleeps need not know what the other's bytes mean.
 *
 * <p>Made and closed by a control thread, rested by the thread that sleeps. Allocates when it is made.
 */
public final class EdgeDescriptor implements AutoCloseable {
    private static final int EPOLL_CLOEXEC = 0x8_0000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLLIN = 1;
    private static final int EPOLLET = 1 << 31;
    /** {@code struct epoll_event}: 12 bytes on x86-64, where it is packed, 16 elsewhere. */
    private static final int EVENT_LENGTH = 16;

    private final CLibrary library = CLibrary.get();
    private final MemorySegment event = Arena.ofAuto().allocate(EVENT_LENGTH, Long.BYTES);
    private final int number;

    /**
     * Watches {@code descriptor}, which stays its owner's.
     *
     * @throws LinuxException when this process has no descriptor left, or that one can't be waited for
     */
    public EdgeDescriptor(final int descriptor) {
        number = library.epollCreate1(EPOLL_CLOEXEC);
        if (number < 0) {
            throw new LinuxException("epoll_create1", -number, "allow more open files: ulimit -n");
        }
        event.set(JAVA_INT, 0, EPOLLIN | EPOLLET);
        final int result = library.epollCtl(number, EPOLL_CTL_ADD, descriptor, event);
        if (result < 0) {
            library.close(number);
            throw new LinuxException(
                    "epoll_ctl on descriptor " + descriptor, -result, "is it open, and one that poll(2) takes?");
        }
    }

    /** The descriptor to wait for. */
    public int number() {
        return number;
    }

    /** Forgets what the other descriptor has told so far. */
    public void rest() {
        library.epollWait(number, event.address(), 1, 0);
    }

    @Override
    public void close() {
        library.close(number);
    }
}
