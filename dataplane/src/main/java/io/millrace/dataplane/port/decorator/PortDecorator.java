package io.millrace.dataplane.port.decorator;

import io.millrace.dataplane.port.FramePool;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.PortCapabilities;
import io.millrace.dataplane.port.PortStatistics;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.port.TxQueue;
import io.millrace.dataplane.wire.MacAddress;
import java.util.Map;

/**
 * A port made of another one: whatever a subclass does not change is the other's. Closing it closes that one. As the port
 * it is made of: any thread, each queue by its own thread; allocates nothing itself.
 */
public abstract class PortDecorator implements PacketPort {
    /** The port it is made of. */
    protected final PacketPort port;

    /** Puts itself round {@code port}. */
    protected PortDecorator(final PacketPort port) {
        this.port = port;
    }

    @Override
    public final String name() {
        return port.name();
    }

    @Override
    public final MacAddress mac() {
        return port.mac();
    }

    @Override
    public final int numaNode() {
        return port.numaNode();
    }

    @Override
    public final int mtu() {
        return port.mtu();
    }

    @Override
    public final int queuePairs() {
        return port.queuePairs();
    }

    @Override
    public abstract RxQueue rxQueue(int queue);

    @Override
    public abstract TxQueue txQueue(int queue);

    @Override
    public final FramePool pool() {
        return port.pool();
    }

    @Override
    public final PortStatistics statistics() {
        return port.statistics();
    }

    @Override
    public final Map<String, Long> extendedStatistics() {
        return port.extendedStatistics();
    }

    @Override
    public PortCapabilities capabilities() {
        return port.capabilities();
    }

    @Override
    public void receiveVlan(final int id) {
        port.receiveVlan(id);
    }

    @Override
    public final void attachThread() {
        port.attachThread();
    }

    @Override
    public final void detachThread() {
        port.detachThread();
    }

    @Override
    public void close() {
        port.close();
    }
}
