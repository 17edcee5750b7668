package io.millrace.tcp.shard;

import io.millrace.dataplane.core.ShardPort;
import io.millrace.dataplane.core.ShardPorts;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.egress.NextHops;

/** Next hops from the data plane's routes and neighbor tables. Owned by the shard's thread. */
final class ResolvedNextHops implements NextHops {
    private final ShardPorts ports;
    private final CounterBlock counters;

    ResolvedNextHops(final ShardPorts ports, final CounterBlock counters) {
        this.ports = ports;
        this.counters = counters;
    }

    @Override
    public long find(final int port, final long remoteHi, final long remoteLo) {
        return ports.get(port).neighbors().macTowards(remoteHi, remoteLo);
    }

    @Override
    public void sendUnresolved(final int port, final long remoteHi, final long remoteLo, final long mbuf) {
        final ShardPort by = ports.get(port);
        if (!by.neighbors().resolve(remoteHi, remoteLo, mbuf)) {
            counters.increment(Counter.NEIGHBOR_QUEUE_DROPS);
            by.frames().free(mbuf);
        }
    }
}
