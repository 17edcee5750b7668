package io.millrace.dpdk.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** {@link MempoolFunctions} by plain downcalls. Any platform thread. */
final class FfmMempoolFunctions implements MempoolFunctions {
    private final DpdkLibrary library;
    private final MethodHandle pktmbufPoolCreate;
    private final MethodHandle mempoolFree;
    private final MethodHandle mempoolAvailCount;

    FfmMempoolFunctions(final DpdkLibrary library) {
        this.library = library;
        pktmbufPoolCreate = library.function(
                "rte_pktmbuf_pool_create",
                FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, JAVA_CHAR, JAVA_CHAR, JAVA_INT));
        mempoolFree = library.function("rte_mempool_free", FunctionDescriptor.ofVoid(JAVA_LONG));
        mempoolAvailCount = library.function("rte_mempool_avail_count", FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
    }

    @Override
    public long pktmbufPoolCreate(
            final String name,
            final int count,
            final int cacheSize,
            final int privateSize,
            final int dataRoom,
            final int socket) {
        try (Arena arena = Arena.ofConfined()) {
            return (long) pktmbufPoolCreate.invokeExact(
                    arena.allocateFrom(name), count, cacheSize, (char) privateSize, (char) dataRoom, socket);
        } catch (final Throwable e) {
            throw new AssertionError("rte_pktmbuf_pool_create", e);
        }
    }

    @Override
    public void mempoolFree(final long pool) {
        try {
            mempoolFree.invokeExact(pool);
        } catch (final Throwable e) {
            throw new AssertionError("rte_mempool_free", e);
        }
    }

    @Override
    public int mempoolAvailCount(final long pool) {
        try {
            return (int) mempoolAvailCount.invokeExact(pool);
        } catch (final Throwable e) {
            throw new AssertionError("rte_mempool_avail_count", e);
        }
    }

    @Override
    public long mempoolOpsTable() {
        return library.variable("rte_mempool_ops_table").address();
    }

    @Override
    public long pktmbufFreeBulk() {
        return library.variable("rte_pktmbuf_free_bulk").address();
    }
}
