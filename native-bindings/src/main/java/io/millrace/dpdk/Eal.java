package io.millrace.dpdk;

import io.millrace.dpdk.ffm.DpdkFunctions;
import io.millrace.dpdk.ffm.DpdkLibrary;
import io.millrace.dpdk.layout.HeapStatsLayout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * DPDK's environment: memory, devices and threads of this process. Starts once in the life of a JVM, since DPDK itself
 * does. Any thread may use it; DPDK's first thread is one of its own, so that the caller is neither pinned nor changed.
 * Control path.
 */
public final class Eal implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Eal.class.getName());
    private static final int MAX_SOCKETS = 32; // RTE_MAX_NUMA_NODES
    private static final AtomicBoolean STARTED = new AtomicBoolean();

    private final EalOptions options;
    private final DpdkFunctions functions;
    private final EalThread thread;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private boolean closed;

    private Eal(final EalOptions options, final DpdkFunctions functions, final EalThread thread) {
        this.options = options;
        this.functions = functions;
        this.thread = thread;
    }

    /**
     * Finds DPDK, starts it and checks that its structures are as we know them.
     *
     * @throws DpdkException when DPDK is missing, of an unknown version, or does not start; says what to do
     * @throws IllegalStateException when it was started before in this JVM
     */
    public static Eal start(final EalOptions options) {
        Preflight.check(options);
        final DpdkFunctions functions = DpdkFunctions.load();
        if (!STARTED.compareAndSet(false, true)) {
            throw new IllegalStateException("DPDK was started before in this JVM and cannot be started again;"
                    + " share the one Eal, or use another process");
        }
        final EalThread thread = new EalThread();
        final Eal eal = new Eal(options, functions, thread);
        thread.run(() -> eal.initialise());
        try {
            LayoutCheck.run(functions);
        } catch (final DpdkException e) {
            eal.close();
            throw e;
        }
        LOGGER.log(
                System.Logger.Level.DEBUG,
                "{0} (ABI {1}) from {2}",
                eal.version(),
                eal.abi(),
                functions.library().directory());
        return eal;
    }

    private void initialise() {
        final IovaMode iovaMode = PciPreflight.ofThisMachine().addressing(options);
        final String[] arguments = options.arguments(driverDirectory(functions.library()), iovaMode);
        if (functions.eal().ealInit(arguments) < 0) {
            final int errno = functions.eal().rteErrno();
            throw Failure.of(functions, "rte_eal_init " + String.join(" ", arguments), -errno, Preflight.mend(errno));
        }
    }

    /** The drivers next to libraries the user named; EAL loads only those in the directory it was built for. */
    private static String driverDirectory(final DpdkLibrary library) {
        if (!library.directoryNamed()) {
            return null;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(
                library.directory().resolve("dpdk"), "pmds-" + library.layout().abi() + "*")) {
            for (final Path directory : found) {
                return directory.toString();
            }
        } catch (final IOException e) {
            return null; // no such directory: EAL's own must do
        }
        return null;
    }

    /** DPDK's own words for its version: "DPDK 22.11.11". */
    public String version() {
        return functions.eal().version();
    }

    /** DPDK's ABI, the number in its soname: 23 for 22.11. */
    public int abi() {
        return functions.library().layout().abi();
    }

    /** How it was started. */
    public EalOptions options() {
        return options;
    }

    /**
     * Makes the calling platform thread known to DPDK, so that pools keep a cache for it. Call it before polling, and
     * {@link #unregisterThread} before the thread ends. Its affinity stays.
     */
    public void registerThread() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a virtual thread cannot poll; use a platform thread");
        }
        if (functions.eal().threadRegister() != 0) {
            final int errno = functions.eal().rteErrno();
            throw Failure.of(functions, "rte_thread_register", -errno, "at most 127 threads can be registered");
        }
    }

    /** Undoes {@link #registerThread}. */
    public void unregisterThread() {
        functions.eal().threadUnregister();
    }

    /** Bytes that DPDK's heaps of all NUMA nodes have given out: to pools, queues and devices. */
    public long allocatedMemory() {
        long bytes = 0;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment stats = arena.allocate(HeapStatsLayout.SIZE, Long.BYTES);
            for (int socket = 0; socket < MAX_SOCKETS; socket++) {
                if (functions.eal().mallocGetSocketStats(socket, stats) == 0) {
                    bytes += stats.get(ValueLayout.JAVA_LONG, HeapStatsLayout.ALLOCATED);
                }
            }
        }
        return bytes;
    }

    /** What DPDK has logged since the last call or failure, oldest first: what its own threads complain of, too. */
    public List<String> drainLog() {
        return functions.log().drain();
    }

    /** Hands what DPDK has logged to our own logger, so that the next failure is told with its own lines only. */
    void forwardLog() {
        forwardLog(System.Logger.Level.WARNING);
    }

    /** As {@link #forwardLog} for what is logged while closing: a peer that went first is no cause for alarm. */
    void forwardClosingLog() {
        forwardLog(System.Logger.Level.DEBUG);
    }

    private void forwardLog(final System.Logger.Level level) {
        for (final String line : drainLog()) {
            LOGGER.log(level, "DPDK: {0}", line);
        }
    }

    DpdkFunctions functions() {
        return functions;
    }

    /** Closes it with the environment, if not before. */
    synchronized void own(final AutoCloseable resource) {
        if (closed) {
            throw new IllegalStateException("DPDK has been closed");
        }
        owned.push(resource);
    }

    synchronized void disown(final AutoCloseable resource) {
        owned.remove(resource);
    }

    /** Closes ports and pools still open, then DPDK itself; again is harmless. It cannot be started again. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        forwardLog();
        while (!owned.isEmpty()) {
            closeQuietly(owned.peek());
            owned.poll();
        }
        closed = true;
        thread.run(() -> functions.eal().ealCleanup());
        forwardClosingLog();
        thread.close();
        functions.log().close();
        RuntimeDirectory.remove(options.filePrefix());
    }

    private static void closeQuietly(final AutoCloseable resource) {
        try {
            resource.close();
        } catch (final Exception e) {
            LOGGER.log(System.Logger.Level.WARNING, "closing " + resource, e);
        }
    }
}
