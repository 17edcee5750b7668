package io.millrace.dpdk.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * What DPDK logs, kept in a bounded buffer, since a driver's log line often is the only word on why a call failed.
 *
 * <p>The log goes to a C stream over memory ({@code fmemopen}); {@link #drain} takes what has come since the last time.
 * When the buffer is full what comes then is lost. Any thread; allocates its buffer once.
 */
public final class LogCapture implements AutoCloseable {
    private static final long CAPACITY = 64 << 10;
    private static final int IONBF = 2; // _IONBF: every line is in the buffer when the call returns

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle FMEMOPEN =
            function("fmemopen", FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));
    private static final MethodHandle SETVBUF =
            function("setvbuf", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_LONG));
    private static final MethodHandle REWIND = function("rewind", FunctionDescriptor.ofVoid(JAVA_LONG));

    private final EalFunctions eal;
    private final MemorySegment buffer = Arena.global().allocate(CAPACITY);
    private final long stream;

    /** Sends DPDK's log to memory from now on. */
    LogCapture(final EalFunctions eal) {
        this.eal = eal;
        this.stream = open();
        eal.openlogStream(stream);
    }

    private long open() {
        try (Arena arena = Arena.ofConfined()) {
            final long opened = (long) FMEMOPEN.invokeExact(buffer, CAPACITY, arena.allocateFrom("w"));
            final int ignored = (int) SETVBUF.invokeExact(opened, MemorySegment.NULL, IONBF, 0L);
            return opened;
        } catch (final Throwable e) {
            throw new AssertionError("fmemopen", e);
        }
    }

    /** Takes the lines logged since the last call, oldest first. */
    public synchronized List<String> drain() {
        final String text = buffer.getString(0);
        try {
            REWIND.invokeExact(stream);
        } catch (final Throwable e) {
            throw new AssertionError("rewind", e);
        }
        buffer.fill((byte) 0); // glibc ends only a text longer than the one before
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }

    /** Sends DPDK's log to its own default again. The stream stays, for a thread that may be writing to it. */
    @Override
    public void close() {
        eal.openlogStream(0);
    }

    private static MethodHandle function(final String name, final FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
    }
}
