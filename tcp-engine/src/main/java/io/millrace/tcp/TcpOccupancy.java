package io.millrace.tcp;

/** How full a shard's tables are. One instance a shard, read by any thread; each figure is exact at some recent moment. */
public interface TcpOccupancy {
    /** Entries in the SYN queue: connections that are half open. */
    long halfOpen();

    /** The most entries the SYN queue has held. */
    long halfOpenPeak();

    /** Connection records in use, in whatever state. */
    long connections();

    /** Connections waiting to be accepted, over all listeners. */
    long acceptQueue();

    /** Entries in TIME_WAIT. */
    long timeWait();

    /** Off-heap bytes that the present TIME_WAIT entries take, their share of the index included. */
    long timeWaitBytes();

    /** Off-heap bytes of all tables at their configured capacity. */
    long reservedBytes();
}
