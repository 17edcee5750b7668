package io.millrace.tcp.shard;

import io.millrace.dataplane.core.ShardEndpoint;
import io.millrace.tcp.TcpApplication;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;

/**
 * The polling agent of one shard: in each duty cycle frames from its endpoint, what is due in the shard, and the
 * application. Owned by the polling thread; allocates nothing.
 */
public final class ShardAgent implements Agent {
    private final TcpShard shard;
    private final ShardEndpoint endpoint;
    private final TcpApplication application;
    private final NanoClock clock;

    /** Drives {@code shard} between its endpoint and its application. */
    public ShardAgent(
            final TcpShard shard,
            final ShardEndpoint endpoint,
            final TcpApplication application,
            final NanoClock clock) {
        this.shard = shard;
        this.endpoint = endpoint;
        this.application = application;
        this.clock = clock;
    }

    @Override
    public void onStart() {
        endpoint.onStart();
        application.onStart(shard);
        shard.publish();
    }

    @Override
    public int doWork() {
        int work = endpoint.poll(shard, clock.nanoTime());
        work += shard.poll();
        work += application.doWork(shard);
        return work + shard.finish();
    }

    @Override
    public void onClose() {
        shard.shutDown();
        application.onStop(shard);
        shard.finish();
        shard.publish();
        endpoint.onClose();
    }

    @Override
    public String roleName() {
        return "shard-" + shard.shard();
    }
}
