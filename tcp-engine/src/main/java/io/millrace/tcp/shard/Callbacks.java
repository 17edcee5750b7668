package io.millrace.tcp.shard;

import io.millrace.tcp.CloseReason;
import io.millrace.tcp.stream.TextSink;
import io.millrace.tcp.table.Tcb;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Calls the applications' handlers. While a handler runs, its connection is marked {@link Tcb#IN_CALLBACK}, so that what it
 * asks for is not queued for later: whoever called looks at the record afterwards. Owned by the shard's thread.
 */
final class Callbacks implements TextSink {
    private final Handlers handlers;
    private final ConnectionView view;
    private final UnsafeBuffer text = new UnsafeBuffer(0, 0);

    Callbacks(final Handlers handlers, final ConnectionView view) {
        this.handlers = handlers;
        this.view = view;
    }

    void onOpen(final Tcb tcb) {
        tcb.set(Tcb.IN_CALLBACK | Tcb.ACCEPTED);
        handlers.get(tcb.handler()).onOpen(view.wrap(tcb.slot(), tcb.address()));
        tcb.clear(Tcb.IN_CALLBACK);
    }

    @Override
    public int deliver(final Tcb tcb, final long address, final int length) {
        if (!tcb.is(Tcb.ACCEPTED)) {
            return 0; // it waits in the accept queue, and so does its text
        }
        text.wrap(address, length);
        tcb.set(Tcb.IN_CALLBACK);
        final int taken =
                handlers.get(tcb.handler()).onData(view.wrap(tcb.slot(), tcb.address()), text, 0, length);
        tcb.clear(Tcb.IN_CALLBACK);
        return Math.clamp(taken, 0, length);
    }

    void onPeerClosed(final Tcb tcb) {
        tcb.set(Tcb.IN_CALLBACK | Tcb.END_DELIVERED);
        handlers.get(tcb.handler()).onPeerClosed(view.wrap(tcb.slot(), tcb.address()));
        tcb.clear(Tcb.IN_CALLBACK);
    }

    void onWritable(final Tcb tcb) {
        tcb.clear(Tcb.WRITE_BLOCKED);
        tcb.set(Tcb.IN_CALLBACK);
        handlers.get(tcb.handler()).onWritable(view.wrap(tcb.slot(), tcb.address()));
        tcb.clear(Tcb.IN_CALLBACK);
    }

    /** The last callback; what the application asks for in it is lost on the connection. */
    void onClosed(final Tcb tcb, final CloseReason reason) {
        tcb.set(Tcb.IN_CALLBACK);
        handlers.get(tcb.handler()).onClosed(view.wrap(tcb.slot(), tcb.address()), reason);
    }
}
