package io.millrace.tcp.table;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import io.millrace.tcp.isn.FlowHash;

/**
 * A rate limit for each source network, /24 of IPv4 and /64 of IPv6: so many a second, and as many at once. A table of
 * token buckets that a keyed hash chooses among; it never grows, and networks that meet in a bucket share it, which nobody
 * can bring about without the key.
 *
 * <p>A bucket keeps what has been taken and not yet come back, in thousandths, and when that was last reckoned: zeros are a
 * bucket of full tokens. Times are ms that wrap. Owner: the shard's thread. Allocates 512 KiB off the heap at construction,
 * and nothing afterwards.
 */
public final class PrefixLimiter implements AutoCloseable {
    /** The greatest rate. */
    public static final int MAXIMUM_RATE = 1_000_000;

    static final int BUCKETS = 1 << 16;

    private static final int BUCKET_BYTES = 8;
    private static final int TAKEN_OFFSET = 0;
    private static final int TIME_OFFSET = 4;
    private static final int TOKEN = 1_000;
    private static final int SECOND_MS = 1_000;
    private static final long IPV4_PREFIX = ~0xffL;

    private final MemoryRegion region;
    private final FlowHash hash;
    private final int perSecond;

    /** At most {@code perSecond} from each network, 1 to {@link #MAXIMUM_RATE}. */
    public PrefixLimiter(final String name, final FlowHash hash, final int perSecond) {
        if (perSecond < 1 || perSecond > MAXIMUM_RATE) {
            throw new IllegalArgumentException(
                    name + ": " + perSecond + " a second is out of range: give 1 to " + MAXIMUM_RATE);
        }
        region = MemoryRegion.allocate(name, (long) BUCKETS * BUCKET_BYTES);
        this.hash = hash;
        this.perSecond = perSecond;
    }

    /** Takes a token of the network of this address; false if there is none. */
    public boolean tryTake(final long remoteHi, final long remoteLo, final int nowMs) {
        final long network = IpAddress.isIpv4(remoteHi, remoteLo) ? remoteLo & IPV4_PREFIX : 0;
        final int number = hash.hash(remoteHi, network, 0, 0, 0);
        final long bucket = region.address() + ((number & 0xffff_ffffL) * BUCKETS >>> 32) * BUCKET_BYTES;
        // A thousand ms bring back all that can be taken; a negative difference is an age.
        final int elapsed = nowMs - Memory.getInt(bucket + TIME_OFFSET);
        final int back = elapsed < 0 || elapsed > SECOND_MS ? Integer.MAX_VALUE : elapsed * perSecond;
        final int taken = Math.max(0, Memory.getInt(bucket + TAKEN_OFFSET) - back);
        final boolean free = taken <= (perSecond - 1) * TOKEN;
        Memory.putInt(bucket + TAKEN_OFFSET, free ? taken + TOKEN : taken);
        Memory.putInt(bucket + TIME_OFFSET, nowMs);
        return free;
    }

    /** Bytes of memory reserved. */
    public long bytes() {
        return region.size();
    }

    @Override
    public void close() {
        region.close();
    }
}
