package io.millrace.dpdk.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@link EalFunctions} by plain downcalls. Any platform thread; an arena for each call with text. */
final class FfmEalFunctions implements EalFunctions {
    private final DpdkLibrary library;
    private final MethodHandle ealInit;
    private final MethodHandle ealCleanup;
    private final MethodHandle version;
    private final MethodHandle strerror;
    private final MethodHandle threadRegister;
    private final MethodHandle threadUnregister;
    private final MethodHandle hotplugAdd;
    private final MethodHandle hotplugRemove;
    private final MethodHandle openlogStream;
    private final MethodHandle mallocGetSocketStats;

    FfmEalFunctions(final DpdkLibrary library) {
        this.library = library;
        ealInit = library.function("rte_eal_init", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
        ealCleanup = library.function("rte_eal_cleanup", FunctionDescriptor.of(JAVA_INT));
        version = library.function("rte_version", FunctionDescriptor.of(ADDRESS));
        strerror = library.function("rte_strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));
        threadRegister = library.function("rte_thread_register", FunctionDescriptor.of(JAVA_INT));
        threadUnregister = library.function("rte_thread_unregister", FunctionDescriptor.ofVoid());
        hotplugAdd =
                library.function("rte_eal_hotplug_add", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
        hotplugRemove = library.function("rte_eal_hotplug_remove", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        mallocGetSocketStats =
                library.function("rte_malloc_get_socket_stats", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
        openlogStream = library.function("rte_openlog_stream", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
    }

    @Override
    public int ealInit(final String... arguments) {
        final Arena arena = Arena.global(); // EAL keeps pointers into its arguments
        final MemorySegment argv = arena.allocate(ADDRESS, arguments.length + 1L);
        for (int i = 0; i < arguments.length; i++) {
            argv.setAtIndex(ADDRESS, i, arena.allocateFrom(arguments[i]));
        }
        try {
            return (int) ealInit.invokeExact(arguments.length, argv);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eal_init", e);
        }
    }

    @Override
    public int ealCleanup() {
        try {
            return (int) ealCleanup.invokeExact();
        } catch (final Throwable e) {
            throw new AssertionError("rte_eal_cleanup", e);
        }
    }

    @Override
    public String version() {
        try {
            return text((MemorySegment) version.invokeExact());
        } catch (final Throwable e) {
            throw new AssertionError("rte_version", e);
        }
    }

    @Override
    public int rteErrno() {
        return library.variable("per_lcore__rte_errno")
                .reinterpret(Integer.BYTES)
                .get(JAVA_INT, 0);
    }

    @Override
    public String strerror(final int errno) {
        try {
            return text((MemorySegment) strerror.invokeExact(errno));
        } catch (final Throwable e) {
            throw new AssertionError("rte_strerror", e);
        }
    }

    @Override
    public int threadRegister() {
        try {
            return (int) threadRegister.invokeExact();
        } catch (final Throwable e) {
            throw new AssertionError("rte_thread_register", e);
        }
    }

    @Override
    public void threadUnregister() {
        try {
            threadUnregister.invokeExact();
        } catch (final Throwable e) {
            throw new AssertionError("rte_thread_unregister", e);
        }
    }

    @Override
    public int hotplugAdd(final String bus, final String device, final String arguments) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) hotplugAdd.invokeExact(
                    arena.allocateFrom(bus), arena.allocateFrom(device), arena.allocateFrom(arguments));
        } catch (final Throwable e) {
            throw new AssertionError("rte_eal_hotplug_add", e);
        }
    }

    @Override
    public int hotplugRemove(final String bus, final String device) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) hotplugRemove.invokeExact(arena.allocateFrom(bus), arena.allocateFrom(device));
        } catch (final Throwable e) {
            throw new AssertionError("rte_eal_hotplug_remove", e);
        }
    }

    @Override
    public int mallocGetSocketStats(final int socket, final MemorySegment stats) {
        try {
            return (int) mallocGetSocketStats.invokeExact(socket, stats);
        } catch (final Throwable e) {
            throw new AssertionError("rte_malloc_get_socket_stats", e);
        }
    }

    @Override
    public int openlogStream(final long stream) {
        try {
            return (int) openlogStream.invokeExact(stream);
        } catch (final Throwable e) {
            throw new AssertionError("rte_openlog_stream", e);
        }
    }

    private static String text(final MemorySegment string) {
        return string.reinterpret(Integer.MAX_VALUE).getString(0);
    }
}
