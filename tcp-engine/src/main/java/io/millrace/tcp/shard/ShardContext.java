package io.millrace.tcp.shard;

import io.millrace.dataplane.core.CommandQueue;
import io.millrace.dataplane.core.ShardPorts;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.counters.ListenerBlocks;
import io.millrace.dataplane.flow.FlowSteering;
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
 * @param ports the ports, where frames come from and leave; for this shard's thread alone.
 * @param commands what other threads want done on this shard's thread.
 * @param counters written by this shard's thread alone.
 * @param listenerCounters where those of its listeners are kept.
 * @param burst most frames in one batch.
 */
public record ShardContext(
        int shard,
        TcpConfig config,
        Secrets secrets,
        FlowSteering steering,
        NanoClock clock,
        ShardPorts ports,
        CommandQueue commands,
        CounterBlock counters,
        ListenerBlocks listenerCounters,
        int burst) {}
