package io.millrace.tcp.shard;

import io.millrace.tcp.TcpHandler;
import java.util.BitSet;

/** The handlers in use, each by a number of 16 bits for connection records. Owned by the shard's thread. */
final class Handlers {
    private static final int CAPACITY = 1 << 16;

    private TcpHandler[] handlers = new TcpHandler[16];
    private final BitSet failed = new BitSet();
    private int size;
    private int last;

    TcpHandler get(final int number) {
        return handlers[number];
    }

    /** Whether the handler fails for the first time; asked when it has. */
    boolean isFirstFailure(final int number) {
        final boolean first = !failed.get(number);
        failed.set(number);
        return first;
    }

    /** The number of a handler, a new one if it is not known yet: the only case in which this allocates. */
    int numberOf(final TcpHandler handler) {
        if (size > 0 && handlers[last] == handler) {
            return last;
        }
        for (int i = 0; i < size; i++) {
            if (handlers[i] == handler) {
                last = i;
                return i;
            }
        }
        if (size == CAPACITY) {
            throw new IllegalStateException(CAPACITY + " handlers are in use, no more can be: share handlers");
        }
        if (size == handlers.length) {
            final TcpHandler[] larger = new TcpHandler[size * 2];
            System.arraycopy(handlers, 0, larger, 0, size);
            handlers = larger;
        }
        handlers[size] = handler;
        last = size;
        return size++;
    }
}
