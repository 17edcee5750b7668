package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameConsumer;
import java.util.List;
import org.agrona.concurrent.NanoClock;

/** Run to completion: the shard polls queue pairs of its own. */
final class DirectEndpoint implements ShardEndpoint {
    private final CommandQueue commands;
    private final PolledQueues queues;
    private final ShardPorts ports = new ShardPorts();

    DirectEndpoint(final CommandQueue commands, final NanoClock clock) {
        this.commands = commands;
        queues = new PolledQueues(clock);
    }

    /** Tells how the shard's thread idles; before it starts. */
    void idle(final Idling idling) {
        commands.wakes(idling.doorbell());
        queues.idle(idling);
    }

    /** A port has come, with the shard's queues of it. */
    void add(final ShardPort port, final List<PolledQueue> itsQueues) {
        queues.add(itsQueues);
        ports.add(port);
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
        return queues.receive(consumer, nowNanos) + queues.finish(nowNanos);
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
