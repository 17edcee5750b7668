package io.millrace.bench.io;

import java.util.Locale;

/** The ways to the device that are compared. */
public enum IoPath {
    /** The queues of a {@code DpdkPort}, as the engine uses them. */
    PORT,
    /** The reference: DPDK's own inline functions. */
    C,
    /** The bindings alone: {@code EthRxQueue} and {@code EthTxQueue}. */
    DEVICE;

    /** The name in tables and in the JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
