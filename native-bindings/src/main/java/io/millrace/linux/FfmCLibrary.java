package io.millrace.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/** {@link CLibrary} by the JDK's Foreign Function and Memory API. Any thread; an arena for each call. */
final class FfmCLibrary implements CLibrary {
    static final CLibrary INSTANCE = new FfmCLibrary();

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(PathElement.groupElement("errno"));

    private static final MethodHandle MMAP = capturing(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP =
            capturing("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MADVISE =
            capturing("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SCHED_SETAFFINITY =
            capturing("sched_setaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle SCHED_GETAFFINITY =
            capturing("sched_getaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle CLOCK_GETTIME =
            capturing("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle EPOLL_CREATE1 =
            capturing("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle EPOLL_CTL =
            capturing("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle EPOLL_WAIT =
            plain("epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle GETTID = plain("gettid", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle PRCTL = capturing(
            "prctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle EVENTFD =
            capturing("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE = capturing("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle READ =
            plain("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle WRITE =
            plain("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle PPOLL =
            plain("ppoll", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle GETSOCKNAME =
            capturing("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle IF_NAMETOINDEX =
            plain("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle STRERROR = plain("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private FfmCLibrary() {}

    @Override
    public long mmap(
            final long address,
            final long length,
            final int protection,
            final int flags,
            final int descriptor,
            final long offset) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(CALL_STATE);
            final long mapped = (long) MMAP.invokeExact(state, address, length, protection, flags, descriptor, offset);
            return mapped == -1 ? -errno(state) : mapped;
        } catch (final Throwable e) {
            throw new AssertionError("mmap", e);
        }
    }

    @Override
    public int munmap(final long address, final long length) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) MUNMAP.invokeExact(state, address, length), state);
        } catch (final Throwable e) {
            throw new AssertionError("munmap", e);
        }
    }

    @Override
    public int madvise(final long address, final long length, final int advice) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) MADVISE.invokeExact(state, address, length, advice), state);
        } catch (final Throwable e) {
            throw new AssertionError("madvise", e);
        }
    }

    @Override
    public int schedSetaffinity(final int thread, final MemorySegment mask) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) SCHED_SETAFFINITY.invokeExact(state, thread, mask.byteSize(), mask), state);
        } catch (final Throwable e) {
            throw new AssertionError("sched_setaffinity", e);
        }
    }

    @Override
    public int schedGetaffinity(final int thread, final MemorySegment mask) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) SCHED_GETAFFINITY.invokeExact(state, thread, mask.byteSize(), mask), state);
        } catch (final Throwable e) {
            throw new AssertionError("sched_getaffinity", e);
        }
    }

    @Override
    public int clockGettime(final int clock, final MemorySegment timespec) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) CLOCK_GETTIME.invokeExact(state, clock, timespec), state);
        } catch (final Throwable e) {
            throw new AssertionError("clock_gettime", e);
        }
    }

    @Override
    public int gettid() {
        try {
            return (int) GETTID.invokeExact();
        } catch (final Throwable e) {
            throw new AssertionError("gettid", e);
        }
    }

    @Override
    public int prctl(final int option, final long argument) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) PRCTL.invokeExact(state, option, argument, 0L, 0L, 0L), state);
        } catch (final Throwable e) {
            throw new AssertionError("prctl", e);
        }
    }

    @Override
    public int eventfd(final int initial, final int flags) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) EVENTFD.invokeExact(state, initial, flags), state);
        } catch (final Throwable e) {
            throw new AssertionError("eventfd", e);
        }
    }

    @Override
    public int close(final int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) CLOSE.invokeExact(state, descriptor), state);
        } catch (final Throwable e) {
            throw new AssertionError("close", e);
        }
    }

    @Override
    public long read(final int descriptor, final long address, final long length) {
        try {
            return (long) READ.invokeExact(descriptor, address, length);
        } catch (final Throwable e) {
            throw new AssertionError("read", e);
        }
    }

    @Override
    public long write(final int descriptor, final long address, final long length) {
        try {
            return (long) WRITE.invokeExact(descriptor, address, length);
        } catch (final Throwable e) {
            throw new AssertionError("write", e);
        }
    }

    @Override
    public int ppoll(final long descriptors, final long count, final long timespec) {
        try {
            return (int) PPOLL.invokeExact(descriptors, count, timespec, 0L);
        } catch (final Throwable e) {
            throw new AssertionError("ppoll", e);
        }
    }

    @Override
    public int epollCreate1(final int flags) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) EPOLL_CREATE1.invokeExact(state, flags), state);
        } catch (final Throwable e) {
            throw new AssertionError("epoll_create1", e);
        }
    }

    @Override
    public int epollCtl(final int epoll, final int operation, final int descriptor, final MemorySegment event) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) EPOLL_CTL.invokeExact(state, epoll, operation, descriptor, event), state);
        } catch (final Throwable e) {
            throw new AssertionError("epoll_ctl", e);
        }
    }

    @Override
    public int epollWait(final int epoll, final long events, final int most, final int millis) {
        try {
            return (int) EPOLL_WAIT.invokeExact(epoll, events, most, millis);
        } catch (final Throwable e) {
            throw new AssertionError("epoll_wait", e);
        }
    }

    @Override
    public int getsockname(final int descriptor, final MemorySegment address, final MemorySegment length) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment state = arena.allocate(CALL_STATE);
            return result((int) GETSOCKNAME.invokeExact(state, descriptor, address, length), state);
        } catch (final Throwable e) {
            throw new AssertionError("getsockname", e);
        }
    }

    @Override
    public int ifNameToIndex(final String name) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) IF_NAMETOINDEX.invokeExact(arena.allocateFrom(name));
        } catch (final Throwable e) {
            throw new AssertionError("if_nametoindex", e);
        }
    }

    @Override
    public String strerror(final int errno) {
        try {
            final MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno);
            return text.reinterpret(Integer.MAX_VALUE).getString(0);
        } catch (final Throwable e) {
            throw new AssertionError("strerror", e);
        }
    }

    private static int result(final int value, final MemorySegment state) {
        return value < 0 ? -errno(state) : value;
    }

    private static int errno(final MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    private static MethodHandle capturing(
            final String name, final FunctionDescriptor descriptor, final Linker.Option... more) {
        final Linker.Option[] options = Arrays.copyOf(more, more.length + 1);
        options[more.length] = CAPTURE_ERRNO;
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }

    private static MethodHandle plain(final String name, final FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
    }
}
