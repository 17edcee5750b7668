package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.ring.FrameRing;
import java.util.ArrayList;
import java.util.List;

/** Pipeline: the shard's frames come and go by rings from and to the IO cores, one each way for each of them. */
final class RingEndpoint implements ShardEndpoint {
    private final CommandQueue commands;
    private final FrameRing[] inward;
    private final RingSink[] outward;
    private final FrameBatch batch;
    private final ShardPorts ports = new ShardPorts();
    private final List<PacketPort> attached = new ArrayList<>();
    private boolean started;

    /** Makes an endpoint whose rings are by the number of the IO core. */
    RingEndpoint(
            final CommandQueue commands,
            final FrameRing[] inward,
            final FrameRing[] outward,
            final CounterBlock counters,
            final int burstSize) {
        this.commands = commands;
        this.inward = inward;
        this.outward = new RingSink[outward.length];
        for (int io = 0; io < outward.length; io++) {
            this.outward[io] = new RingSink(outward[io], ports.frames(), counters);
        }
        batch = new FrameBatch(Math.max(burstSize, FrameRing.MESSAGE_FRAMES));
    }

    /** Tells how the shard's thread idles; before it starts. */
    void idle(final Idling idling) {
        commands.wakes(idling.doorbell());
        for (final FrameRing ring : inward) {
            ring.wakes(idling.doorbell());
        }
    }

    /** The way to an IO core. */
    RingSink sink(final int ioCore) {
        return outward[ioCore];
    }

    /** A port has come. */
    void add(final ShardPort port, final PacketPort device) {
        if (started) {
            device.attachThread();
        }
        attached.add(device);
        ports.add(port);
    }

    /** A port has gone; nothing of it waits here any more. */
    void remove(final int port, final PacketPort device) {
        ports.remove(port);
        if (attached.remove(device) && started) {
            device.detachThread();
        }
    }

    /** True when the rings have taken all that was sent. */
    boolean isDrained() {
        for (final RingSink sink : outward) {
            if (sink.pending() > 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void onStart() {
        started = true;
        attached.forEach(PacketPort::attachThread);
    }

    @Override
    public int poll(final FrameConsumer consumer, final long nowNanos) {
        int work = 0;
        for (final FrameRing ring : inward) {
            final int frames = ring.drain(batch);
            if (frames > 0) {
                batch.more(!ring.isEmpty());
                consumer.onFrames(batch);
                batch.clear();
                work += frames;
            }
        }
        for (final RingSink sink : outward) {
            work += sink.pending();
            sink.flush();
        }
        return work;
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
        for (final RingSink sink : outward) {
            sink.close();
        }
        attached.forEach(PacketPort::detachThread);
    }
}
