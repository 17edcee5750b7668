package io.millrace.dataplane.port;

import io.millrace.dataplane.wire.MacAddress;
import java.util.Map;

/**
 * A network port with one or more pairs of queues. Started when it is made; closing it stops the device and gives up its
 * frames, so it is closed after every thread has let go of its queues.
 *
 * <p>The port itself may be used by any thread; a queue belongs to one thread at a time.
 */
public interface PacketPort extends AutoCloseable {
    /** Name for messages, such as the DPDK device name. */
    String name();

    /** Its own Ethernet address. */
    MacAddress mac();

    /** Largest IP packet it carries, in bytes. */
    int mtu();

    /** Number of receive queues, equal to the number of transmit queues. */
    int queuePairs();

    /** Receive queue {@code queue}, from 0. */
    RxQueue rxQueue(int queue);

    /** Transmit queue {@code queue}, from 0. */
    TxQueue txQueue(int queue);

    /** The pool its received frames come from, and frames to send are allocated from. */
    FramePool pool();

    /** Counters of the device as of now; allocates. */
    PortStatistics statistics();

    /** What the device counts beyond that, by the names it gives; empty where there is none; allocates. */
    default Map<String, Long> extendedStatistics() {
        return Map.of();
    }

    /** What the device does by itself. */
    PortCapabilities capabilities();

    /** The NUMA node it is plugged in, negative for none: the cores of its polling threads are best of the same. */
    default int numaNode() {
        return -1;
    }

    /**
     * Frames of this VLAN are wanted, 1 to 4094: called before any is, as some devices drop the tagged frames that nobody
     * has asked for. Others take them all.
     */
    default void receiveVlan(final int id) {}

    /** Called once on each thread that will poll queues or allocate frames of this port, before it does. */
    default void attachThread() {}

    /** Called on the same thread when it is done with the port. */
    default void detachThread() {}

    @Override
    void close();
}
