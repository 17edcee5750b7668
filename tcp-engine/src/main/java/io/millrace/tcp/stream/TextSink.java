package io.millrace.tcp.stream;

import io.millrace.tcp.table.Tcb;

/** Where received text goes: the application's handler, as the receiver sees it. */
@FunctionalInterface
public interface TextSink {
    /**
     * Offers bytes in order.
     *
     * @return how many were taken, 0 to {@code length}; the rest is offered again.
     */
    int deliver(Tcb tcb, long address, int length);
}
