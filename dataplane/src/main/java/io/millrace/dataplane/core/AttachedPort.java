package io.millrace.dataplane.core;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.neighbor.NeighborConfig;
import io.millrace.dataplane.neighbor.NeighborResolver;
import io.millrace.dataplane.neighbor.NeighborTable;
import io.millrace.dataplane.port.PacketPort;

/**
 * One port of an engine: its number, by which frames name it, its addresses and its neighbors. Made and closed by a
 * control thread; every thread may read it. The port itself remains its owner's. Allocates the neighbor table when it is
 * made.
 */
public final class AttachedPort implements AutoCloseable {
    private final int number;
    private final PacketPort port;
    private final HostAddresses host;
    private final NeighborTable table;
    private final NeighborResolver neighbors;

    AttachedPort(final int number, final PacketPort port, final HostAddresses host, final NeighborConfig config) {
        this.number = number;
        this.port = port;
        this.host = host;
        table = new NeighborTable(config.entries());
        neighbors = new NeighborResolver(host, table);
        host.beginDetection(config.duplicateProbes() > 0); // nobody is to think them usable until they are asked for
    }

    /** Its number in the engine, from 0; a number is given again when its port has gone. */
    public int number() {
        return number;
    }

    /** The port. */
    public PacketPort port() {
        return port;
    }

    /** Our addresses on it. */
    public HostAddresses host() {
        return host;
    }

    /** The way to its neighbors. */
    public NeighborResolver neighbors() {
        return neighbors;
    }

    NeighborTable table() {
        return table;
    }

    /** Gives up the neighbors' memory; no thread may look one up any more. */
    @Override
    public void close() {
        neighbors.close();
        table.close();
    }
}
