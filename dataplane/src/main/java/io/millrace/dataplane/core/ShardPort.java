package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.neighbor.NeighborResolver;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.TransmitChecksum;
import io.millrace.dpdk.Mbuf;

/**
 * One port as one shard sends by it. Belongs to the shard's thread.
 *
 * @param number its number in the engine
 * @param mac its Ethernet address, 48 bits
 * @param mtu largest IP packet it carries, bytes
 * @param host our addresses on it
 * @param neighbors MAC addresses of its next hops
 * @param checksum completes the checksums of what is sent by it
 * @param frames where its frames come from, for this thread alone
 * @param mayKeep how many received frames the shard may keep while text waits for what is before it
 * @param sink where its frames leave, for this thread alone
 */
public record ShardPort(
        int number,
        long mac,
        int mtu,
        HostAddresses host,
        NeighborResolver neighbors,
        TransmitChecksum checksum,
        FrameAllocator frames,
        int mayKeep,
        FrameSink sink) {
    /** All shards together keep no more than this part of a port's frames; the device's queues need most of the rest. */
    private static final int KEPT_PART = 8;

    static ShardPort of(final AttachedPort port, final int shards, final FrameAllocator frames, final FrameSink sink) {
        return new ShardPort(
                port.number(),
                port.host().mac(),
                port.port().mtu(),
                port.host(),
                port.neighbors(),
                new TransmitChecksum(port.port().capabilities()),
                frames,
                port.port().pool().capacity() / KEPT_PART / shards,
                sink);
    }

    /** Takes a frame that names the port; 0 when the pool is empty. */
    public long allocate() {
        final long mbuf = frames.allocate();
        if (mbuf != 0) {
            Mbuf.port(mbuf, number);
        }
        return mbuf;
    }
}
