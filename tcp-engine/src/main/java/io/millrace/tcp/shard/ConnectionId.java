package io.millrace.tcp.shard;

/**
 * The name of a connection in 64 bits: shard 8, generation of the slot 26, slot 30. A generation begins at 1, so no id
 * is 0. An id is void once its connection has ended; it would name another one only after 2^26 uses of the same slot.
 */
final class ConnectionId {
    private static final int SLOT_BITS = 30;
    private static final int GENERATION_BITS = 26;
    private static final int GENERATION_MASK = (1 << GENERATION_BITS) - 1;

    private ConnectionId() {}

    static long of(final int shard, final int generation, final int slot) {
        return (long) shard << SLOT_BITS + GENERATION_BITS | (long) (generation & GENERATION_MASK) << SLOT_BITS | slot;
    }

    static int shard(final long id) {
        return (int) (id >>> SLOT_BITS + GENERATION_BITS);
    }

    static int slot(final long id) {
        return (int) id & (1 << SLOT_BITS) - 1;
    }

    static boolean hasGeneration(final long id, final int generation) {
        return (int) (id >>> SLOT_BITS & GENERATION_MASK) == (generation & GENERATION_MASK);
    }
}
