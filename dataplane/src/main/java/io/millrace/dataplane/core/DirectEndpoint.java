package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameConsumer;
import java.util.List;

/** Run to completion: the shard polls queue pairs of its own. */
final class DirectEndpoint implements ShardEndpoint {
    private final CommandQueue commands;
    private final PolledQueues queues;
    /** Null where the shard is alone. */
    private final ShardCrossing crossing;

    private final ShardPorts ports = new ShardPorts();

    /** The endpoint of a shard that is alone. */
    DirectEndpoint(final CommandQueue commands, final PolledQueues queues) {
        this(commands, queues, null);
    }

    /** The endpoint of one of several shards. */
    DirectEndpoint(final CommandQueue commands, final PolledQueues queues, final ShardCrossing crossing) {
        this.commands = commands;
        this.queues = queues;
        this.crossing = crossing;
    }

    /** Tells how the shard's thread idles; before it starts. */
    void idle(final Idling idling) {
        commands.wakes(idling.doorbell());
        queues.idle(idling);
        if (crossing != null) {
            crossing.wakes(idling.doorbell());
        }
    }

    /** A port has come: other shards may hand over frames of it from now on. */
    void add(final ShardPort port) {
        ports.add(port);
    }

    /** Every shard knows the port: receives by these queues of it. */
    void receive(final List<PolledQueue> itsQueues) {
        queues.add(itsQueues);
    }

    PolledQueues queues() {
        return queues;
    }

    /** A port has gone. */
    void remove(final int port) {
        ports.remove(port);
        queues.release(port);
    }

    @Override
    public void onStart() {
        queues.start();
    }

    @Override
    public int poll(final FrameConsumer consumer, final long nowNanos) {
        if (crossing == null) {
            return queues.receive(consumer, nowNanos) + queues.finish(nowNanos);
        }
        final int received = queues.receive(crossing.towards(consumer), nowNanos);
        return received + crossing.drain(consumer) + queues.finish(nowNanos);
    }

    @Override
    public ShardPorts ports() {
        return ports;
    }

    @Override
    public CommandQueue commands() {
        return commands;
    }

    @Override
    public void onClose() {
        queues.close();
    }
}
