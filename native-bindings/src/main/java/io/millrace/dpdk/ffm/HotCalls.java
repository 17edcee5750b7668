package io.millrace.dpdk.ffm;

import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The calls of the packet path, by function pointer: DPDK's own are inline functions that fetch these pointers from
 * exported tables. Plain downcalls: some drivers make system calls, which a critical downcall must not.
 *
 * <p>Any platform thread; no allocation once compiled. The caller keeps the {@link MemorySegment} of the function in a
 * final field, made once.
 */
public final class HotCalls {
    private static final Linker LINKER = Linker.nativeLinker();

    /** {@code uint16_t f(void *queue, struct rte_mbuf **packets, uint16_t count)}. */
    private static final MethodHandle BURST =
            LINKER.downcallHandle(FunctionDescriptor.of(JAVA_CHAR, JAVA_LONG, JAVA_LONG, JAVA_CHAR));

    /** {@code int f(struct rte_mempool *pool, void **objects, unsigned count)}. */
    private static final MethodHandle BULK =
            LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    /** {@code void f(struct rte_mbuf **mbufs, unsigned count)}. */
    private static final MethodHandle FREE = LINKER.downcallHandle(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT));

    private HotCalls() {}

    /** A function's address as the calls below want it. */
    public static MemorySegment function(final long address) {
        return MemorySegment.ofAddress(address);
    }

    /** rte_eth_rx_burst, rte_eth_tx_burst, rte_eth_tx_prepare: how many packets of the array were dealt with. */
    public static int burst(final MemorySegment function, final long queue, final long packets, final int count) {
        try {
            return (char) BURST.invokeExact(function, queue, packets, (char) count);
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** A pool's dequeue or enqueue: all {@code count} objects and 0, or none and a negative errno. */
    public static int bulk(final MemorySegment function, final long pool, final long objects, final int count) {
        try {
            return (int) BULK.invokeExact(function, pool, objects, count);
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    /** rte_pktmbuf_free_bulk: gives mbufs of any kind, with all their segments, back to their pools. */
    public static void freeBulk(final MemorySegment function, final long mbufs, final int count) {
        try {
            FREE.invokeExact(function, mbufs, count);
        } catch (final Throwable e) {
            throw unexpected(e);
        }
    }

    private static RuntimeException unexpected(final Throwable e) {
        return e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
    }
}
