package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.NetworkError;
import io.millrace.tcp.stream.ByteChain;
import io.millrace.tcp.stream.RetainedFrames;
import io.millrace.tcp.stream.TextSink;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Calls the applications' handlers. While a handler runs, its connection is marked {@link TcbFlags#IN_CALLBACK}, so that what it
 * asks for is not queued for later: whoever called looks at the record afterwards. What a handler throws costs it the
 * connection, and no more. Owned by the shard's thread.
 */
final class Callbacks implements TextSink {
    private static final System.Logger LOGGER = System.getLogger("io.millrace.tcp");

    private final Handlers handlers;
    private final CounterBlock counters;
    private final ConnectionView view;
    private final RetainedFrames retained;
    private final UnsafeBuffer text = new UnsafeBuffer(0, 0);

    Callbacks(
            final Handlers handlers,
            final ConnectionView view,
            final RetainedFrames retained,
            final CounterBlock counters) {
        this.retained = retained;
        this.handlers = handlers;
        this.counters = counters;
        this.view = view;
    }

    /** What the arguments of a callback point at, while there are callbacks within it. */
    void show(final int slot, final long address, final long textAddress, final int textLength) {
        view.wrap(slot, address);
        text.wrap(textAddress, textLength);
    }

    /** The slot of the connection that the callback under way is about. */
    int shownSlot() {
        return view.slot();
    }

    /** Address of that connection's record. */
    long shownAddress() {
        return view.address();
    }

    /** Address of the text that the callback under way is about. */
    long shownText() {
        return text.addressOffset();
    }

    /** Bytes of that text. */
    int shownLength() {
        return text.capacity();
    }

    /** A connection waits in the accept queue of {@code listener}. */
    void onAcceptable(final Listener listener) {
        try {
            handlers.get(listener.handler).onAcceptable(listener);
        } catch (final Throwable e) {
            onFailure(listener.handler, listener.config().port(), "has not heard of a connection that waits", e);
        }
    }

    void onOpen(final Tcb tcb) {
        if (tcb.is(TcbFlags.RECEIVE_CLOSED)) {
            return; // whoever opened it has closed it meanwhile
        }
        tcb.set(TcbFlags.IN_CALLBACK | TcbFlags.ACCEPTED);
        try {
            handlers.get(tcb.handler()).onOpen(view.wrap(tcb.slot(), tcb.address()));
        } catch (final Throwable e) {
            onFailure(tcb, e);
        }
        tcb.clear(TcbFlags.IN_CALLBACK);
    }

    @Override
    public int deliver(final Tcb tcb, final long address, final int length) {
        if (!tcb.is(TcbFlags.ACCEPTED) || tcb.is(TcbFlags.ABORTED)) {
            return 0; // it waits in the accept queue, and so does its text; or nobody wants it any more
        }
        text.wrap(address, length);
        tcb.set(TcbFlags.IN_CALLBACK);
        int taken = 0;
        try {
            taken = handlers.get(tcb.handler()).onData(view.wrap(tcb.slot(), tcb.address()), text, 0, length);
        } catch (final Throwable e) {
            retained.forgo();
            onFailure(tcb, e);
        }
        tcb.clear(TcbFlags.IN_CALLBACK);
        return Math.clamp(taken, 0, length);
    }

    /** The peer has sent urgent data; nobody is told while the connection waits to be accepted. */
    void onUrgent(final Tcb tcb) {
        if (!tcb.is(TcbFlags.ACCEPTED) || tcb.is(TcbFlags.ABORTED)) {
            return;
        }
        tcb.set(TcbFlags.IN_CALLBACK);
        try {
            handlers.get(tcb.handler()).onUrgent(view.wrap(tcb.slot(), tcb.address()));
        } catch (final Throwable e) {
            onFailure(tcb, e);
        }
        tcb.clear(TcbFlags.IN_CALLBACK);
    }

    /** The network has said that a segment was not delivered; nobody is told while the connection waits to be accepted. */
    void onNetworkError(final Tcb tcb, final NetworkError error) {
        if (!tcb.is(TcbFlags.ACCEPTED) || tcb.is(TcbFlags.ABORTED)) {
            return;
        }
        tcb.set(TcbFlags.IN_CALLBACK);
        try {
            handlers.get(tcb.handler()).onNetworkError(view.wrap(tcb.slot(), tcb.address()), error);
        } catch (final Throwable e) {
            onFailure(tcb, e);
        }
        tcb.clear(TcbFlags.IN_CALLBACK);
    }

    void onPeerClosed(final Tcb tcb) {
        tcb.set(TcbFlags.IN_CALLBACK | TcbFlags.END_DELIVERED);
        try {
            handlers.get(tcb.handler()).onPeerClosed(view.wrap(tcb.slot(), tcb.address()));
        } catch (final Throwable e) {
            onFailure(tcb, e);
        }
        tcb.clear(TcbFlags.IN_CALLBACK);
    }

    void onWritable(final Tcb tcb) {
        tcb.clear(TcbFlags.WRITE_BLOCKED);
        tcb.set(TcbFlags.IN_CALLBACK);
        try {
            handlers.get(tcb.handler()).onWritable(view.wrap(tcb.slot(), tcb.address()));
        } catch (final Throwable e) {
            onFailure(tcb, e);
        }
        tcb.clear(TcbFlags.IN_CALLBACK);
    }

    /** Gives the application back what it has lent and the connection needs no more. */
    void giveBack(final Tcb tcb, final ByteChain chain) {
        int element = chain.takeReturned();
        while (element != RecordSlab.NONE) {
            final long token = chain.returnedToken(element);
            element = chain.freeReturned(element);
            onReturned(tcb, token);
        }
    }

    private void onReturned(final Tcb tcb, final long token) {
        counters.increment(Counter.BUFFERS_RETURNED);
        tcb.set(TcbFlags.IN_CALLBACK);
        try {
            handlers.get(tcb.handler()).onReturned(view.wrap(tcb.slot(), tcb.address()), token);
        } catch (final Throwable e) {
            onFailure(tcb, e);
        }
        tcb.clear(TcbFlags.IN_CALLBACK);
    }

    /** Something has happened to a watched connection; what the application asks for now is settled later. */
    void onChange(final Tcb tcb) {
        try {
            handlers.get(tcb.handler()).onChange(view.wrap(tcb.slot(), tcb.address()));
        } catch (final Throwable e) {
            tcb.clear(TcbFlags.WATCHED);
            onFailure(tcb.handler(), tcb.localPort(), "watches its connection no more", e);
        }
    }

    /** The last callback; what the application asks for in it is lost on the connection. */
    void onClosed(final Tcb tcb, final CloseReason reason) {
        tcb.set(TcbFlags.IN_CALLBACK);
        try {
            handlers.get(tcb.handler()).onClosed(view.wrap(tcb.slot(), tcb.address()), reason);
        } catch (final Throwable e) {
            onFailure(tcb, e);
        }
    }

    /** The mistake of one application must not end the connections of all: its connection is aborted, the first is logged. */
    private void onFailure(final Tcb tcb, final Throwable failure) {
        tcb.set(TcbFlags.ABORTED);
        onFailure(tcb.handler(), tcb.localPort(), "its connection is aborted", failure);
    }

    private void onFailure(final int handler, final int port, final String consequence, final Throwable failure) {
        if (failure instanceof VirtualMachineError error) {
            throw error;
        }
        counters.increment(Counter.HANDLER_FAILURES);
        if (handlers.isFirstFailure(handler)) {
            LOGGER.log(
                    System.Logger.Level.ERROR,
                    "a handler of port " + port + " threw, " + consequence + "; later failures are counted ("
                            + Counter.HANDLER_FAILURES + ") and not logged",
                    failure);
        }
    }
}
