package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.ingress.FrameClassifier;
import io.millrace.dataplane.neighbor.NeighborService;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.reassembly.Reassembler;

/**
 * One queue pair of a port on the thread that polls it: receives and sorts, and sends. Who has queue 0 keeps the port's
 * neighbors too. Made by a control thread, then owned by its polling thread; allocates nothing after it is made.
 */
final class PolledQueue {
    private final AttachedPort attached;
    private final FrameAllocator allocator;
    private final RxQueue queue;
    private final PortSink sink;
    private final IngressStage ingress;
    /** Null for every queue but the first. */
    private final NeighborService neighbors;

    private boolean receiving = true;
    private boolean started;

    /** Makes the stages of queue pair {@code number}; the thread's {@code allocator} may serve several queues of the port. */
    PolledQueue(
            final AttachedPort attached,
            final int number,
            final FrameAllocator allocator,
            final QueueSteering steering,
            final DatapathConfig config,
            final CounterBlock counters) {
        this.attached = attached;
        this.allocator = allocator;
        final PacketPort port = attached.port();
        queue = port.rxQueue(number);
        sink = new PortSink(port.txQueue(number), allocator, counters);
        neighbors = number == 0
                ? new NeighborService(
                        config.neighbors(),
                        attached.host(),
                        attached.table(),
                        attached.neighbors(),
                        allocator,
                        sink,
                        counters)
                : null;
        final HostResponder responder = neighbors == null
                ? new HostResponder.Forwarder(
                        attached.host(), config, allocator, sink, port.mtu(), counters, attached.neighbors())
                : new HostResponder.Owner(attached.host(), config, allocator, sink, port.mtu(), counters, neighbors);
        ingress = new IngressStage(
                queue,
                attached.number(),
                new FrameClassifier(
                        attached.host(),
                        port.capabilities().partialChecksums(),
                        port.capabilities().rxChecksum()),
                responder,
                new Reassembler(config.reassembly(), allocator, counters, responder::onReassemblyTimeout),
                steering,
                allocator,
                counters,
                config.burstSize());
    }

    int port() {
        return attached.number();
    }

    PortSink sink() {
        return sink;
    }

    FrameAllocator allocator() {
        return allocator;
    }

    /** Has the thread that polls it woken by frames, and by wishes to its neighbors. */
    void wakes(final Idling idling) {
        idling.watch(queue);
        if (neighbors != null) {
            attached.neighbors().wakes(idling.doorbell());
        }
    }

    void wakesNoMore(final Idling idling) {
        idling.unwatch(queue);
    }

    boolean isReceiving() {
        return receiving;
    }

    void start(final long nowNanos) {
        attached.port().attachThread();
        started = true;
        if (neighbors != null) {
            neighbors.start(nowNanos);
        }
    }

    /** Receives one burst, the TCP frames of which go to {@code consumer}; how many frames there were. */
    int receive(final FrameConsumer consumer, final long nowNanos) {
        return receiving ? ingress.poll(consumer, nowNanos) : 0;
    }

    /** Does what is due for the neighbors, and sends; how much there was. */
    int finish(final long nowNanos) {
        int work = neighbors == null ? 0 : neighbors.poll(nowNanos);
        work += sink.pending();
        sink.flush();
        return work;
    }

    /** Leaves further frames to the device. */
    void stopReceiving() {
        receiving = false;
    }

    /** True when the device has taken all that was sent, or will take nothing any more. */
    boolean isDrained() {
        return sink.pending() == 0 || sink.isStalled();
    }

    /** Frees the frames that wait for neighbors; nobody sends to any of them any more. */
    void closeNeighbors() {
        if (neighbors != null) {
            neighbors.close();
        }
    }

    /** Tries to send what is left, frees the rest, and lets go of the port. */
    void close() {
        sink.close();
        ingress.close();
        if (started) {
            attached.port().detachThread();
        }
    }
}
