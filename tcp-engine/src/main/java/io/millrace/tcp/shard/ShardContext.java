package io.millrace.tcp.shard;

import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.flow.FlowSteering;
import io.millrace.dataplane.neighbor.NeighborResolver;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.TransmitChecksum;
import io.millrace.tcp.TcpConfig;
import org.agrona.concurrent.NanoClock;

/**
 * What a shard is made of.
 *
 * @param shard its number, from 0.
 * @param config the engine's settings; the shard takes its share of the capacities.
 * @param secrets keys, the same for all shards of an engine.
 * @param steering which shard a flow belongs to.
 * @param clock the time.
 * @param frames where frames come from and go back to, for this shard's thread alone.
 * @param sink where frames leave, for this shard's thread alone.
 * @param neighbors MAC addresses of next hops.
 * @param counters written by this shard's thread alone.
 * @param checksum completes the checksums of what is sent.
 * @param localMac our Ethernet address, 48 bits.
 * @param mtu most bytes of an IP packet.
 * @param burst most frames in one batch.
 */
public record ShardContext(
        int shard,
        TcpConfig config,
        Secrets secrets,
        FlowSteering steering,
        NanoClock clock,
        FrameAllocator frames,
        FrameSink sink,
        NeighborResolver neighbors,
        CounterBlock counters,
        TransmitChecksum checksum,
        long localMac,
        int mtu,
        int burst) {}
