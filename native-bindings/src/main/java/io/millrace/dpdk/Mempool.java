package io.millrace.dpdk;

import io.millrace.dpdk.ffm.DpdkFunctions;
import io.millrace.dpdk.ffm.HotCalls;
import io.millrace.dpdk.layout.MempoolLayout;
import io.millrace.linux.HugePages;
import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import java.lang.foreign.MemorySegment;
import java.util.regex.Pattern;

/**
 * A pool of packet buffers ({@code rte_pktmbuf_pool_create}), sized once. Any thread may take and give back; a thread
 * that does so for each packet does it through a {@link MbufCache} of its own. Close it after the ports that use it.
 */
public final class Mempool implements AutoCloseable {
    /** Bytes for a frame of up to 2048 bytes behind the headroom: what most drivers expect. */
    public static final int DEFAULT_DATA_ROOM = 2048 + MbufLayout.HEADROOM;

    /** Mbufs each registered thread may keep for its drivers; count them when sizing the pool. */
    public static final int LCORE_CACHE = 256;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,25}");
    private static final int ANY_SOCKET = -1;

    private final Eal eal;
    private final DpdkFunctions functions;
    private final String name;
    private final long address;
    private final int count;
    private final int dataRoom;
    private final PoolOperations operations;
    private final MemorySegment freeBulk;
    private boolean closed;

    private Mempool(final Eal eal, final String name, final long address, final int count, final int dataRoom) {
        this.eal = eal;
        this.functions = eal.functions();
        this.name = name;
        this.address = address;
        this.count = count;
        this.dataRoom = dataRoom;
        this.operations = PoolOperations.of(functions, address);
        this.freeBulk = HotCalls.function(functions.mempool().pktmbufFreeBulk());
    }

    /** As {@link #create(Eal, String, int, int)} with room for ordinary frames. */
    public static Mempool create(final Eal eal, final String name, final int count) {
        return create(eal, name, count, DEFAULT_DATA_ROOM);
    }

    /**
     * Makes a pool.
     *
     * @param name unique in the process: 1 to 25 letters, digits, '_', '.' and '-'
     * @param count mbufs: all receive and transmit descriptors, what the engine holds, and {@link #LCORE_CACHE} for
     *     each polling thread; a power of two less one costs least memory
     * @param dataRoom bytes in each mbuf, the 128 of headroom included
     * @throws DpdkException when there is not enough memory; says how to get more
     */
    public static Mempool create(final Eal eal, final String name, final int count, final int dataRoom) {
        return create(eal, name, count, dataRoom, ANY_SOCKET);
    }

    /** As {@link #create(Eal, String, int, int)} with memory of NUMA node {@code socket}; -1 for any. */
    public static Mempool create(
            final Eal eal, final String name, final int count, final int dataRoom, final int socket) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "pool name '" + name + "': must be 1 to 25 letters, digits, '_', '.' and '-'");
        }
        if (count < 1 || dataRoom <= MbufLayout.HEADROOM || dataRoom > 0xffff) {
            throw new IllegalArgumentException("pool of " + count + " mbufs of " + dataRoom
                    + " bytes: must be at least 1, of " + (MbufLayout.HEADROOM + 1) + " to 65535 bytes");
        }
        final DpdkFunctions functions = eal.functions();
        // The cache must leave two thirds of a small pool to the others (rte_mempool_create refuses more).
        final int cache = count >= 4 * LCORE_CACHE ? LCORE_CACHE : 0;
        final long address = functions.mempool().pktmbufPoolCreate(name, count, cache, 0, dataRoom, socket);
        if (address == 0) {
            throw creationFailed(functions, name, count, dataRoom);
        }
        final Mempool pool = new Mempool(eal, name, address, count, dataRoom);
        eal.own(pool);
        return pool;
    }

    static DpdkException creationFailed(
            final DpdkFunctions functions, final String name, final int count, final int dataRoom) {
        final long bytes = (long) count * (dataRoom + MbufLayout.HEADER_LENGTH + 64);
        return Failure.of(
                functions,
                "rte_pktmbuf_pool_create " + name + " of " + count,
                -functions.eal().rteErrno(),
                "it needs about " + (bytes >> 20) + " MB: use fewer mbufs, reserve more huge pages (root: "
                        + HugePages.commandToReserve(2 * bytes + (256 << 20))
                        + "), or give more memory to --no-huge");
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Address of the {@code struct rte_mempool}. */
    public long address() {
        return address;
    }

    /** Mbufs in all. */
    public int count() {
        return count;
    }

    /** Bytes in each mbuf, the 128 of headroom included. */
    public int dataRoom() {
        return dataRoom;
    }

    /** Mbufs nobody holds: those in DPDK's thread caches are counted, those in an {@link MbufCache} not. Slow. */
    public int available() {
        return functions.mempool().mempoolAvailCount(address);
    }

    /**
     * Takes mbufs away for ever that lie beyond the first piece of the pool's memory, counted as if it had no gaps: a driver
     * that shows all of it to the kernel so (net_af_xdp) would lose the frames in them. Before anyone takes any.
     *
     * @return how many
     */
    int withholdScattered() {
        final long first =
                Memory.getLong(Memory.getLong(address + MempoolLayout.FIRST_PIECE) + MempoolLayout.PIECE_ADDRESS);
        final long stride = Memory.getInt(address + MempoolLayout.HEADER_SIZE)
                + Memory.getInt(address + MempoolLayout.ELEMENT_SIZE)
                + Memory.getInt(address + MempoolLayout.TRAILER_SIZE);
        final long end = first + stride * Memory.getInt(address + MempoolLayout.POPULATED);
        int withheld = 0;
        try (MemoryRegion all = MemoryRegion.allocate("all mbufs of " + name, count * 8L)) {
            int within = 0;
            while (getBulk(all.address() + within * 8L, 1)) {
                final long mbuf = Memory.getLong(all.address() + within * 8L);
                final boolean inside = mbuf >= first && mbuf + MbufLayout.HEADER_LENGTH + dataRoom <= end;
                within += inside ? 1 : 0;
                withheld += inside ? 0 : 1;
            }
            putBulk(all.address(), within);
        }
        return withheld;
    }

    /**
     * Takes raw mbufs: their fields are what their last user left, but refcnt 1, nb_segs 1 and next null.
     *
     * @param array address of room for their addresses, 8 bytes each
     * @return whether there were that many; otherwise it takes none
     */
    public boolean getBulk(final long array, final int wanted) {
        return HotCalls.bulk(operations.dequeue(), address, array, wanted) == 0;
    }

    /** Puts back raw mbufs of this pool: simple ones (see {@link Mbuf#isSimple}), unshared, of one segment. */
    public void putBulk(final long array, final int number) {
        HotCalls.bulk(operations.enqueue(), address, array, number);
    }

    /** Frees mbufs of any kind and pool, with all their segments ({@code rte_pktmbuf_free_bulk}). */
    public void freeBulk(final long array, final int number) {
        HotCalls.freeBulk(freeBulk, array, number);
    }

    /** A cache for one thread. */
    public MbufCache newCache() {
        return new MbufCache(this);
    }

    /** Gives the memory back; again is harmless. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            functions.mempool().mempoolFree(address);
            eal.disown(this);
        }
    }

    @Override
    public String toString() {
        return "pool " + name + " of " + count + " mbufs";
    }
}
