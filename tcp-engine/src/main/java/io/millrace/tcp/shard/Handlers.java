package io.millrace.tcp.shard;

import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.table.Registry;
import java.util.BitSet;
import java.util.IdentityHashMap;

/** The handlers of a shard's listeners and connections, and which of them have failed. Owned by the shard's thread. */
final class Handlers {
    private final Registry<TcpHandler> registry = new Registry<>("handlers", new IdentityHashMap<>());
    private final BitSet failed = new BitSet();

    TcpHandler get(final int number) {
        return registry.get(number);
    }

    /** Whether the handler fails for the first time; asked when it has. */
    boolean isFirstFailure(final int number) {
        final boolean first = !failed.get(number);
        failed.set(number);
        return first;
    }

    /** One more use of a handler; its number. */
    int acquire(final TcpHandler handler) {
        return registry.acquire(handler);
    }

    /** One more use of a handler that is in use. */
    void retain(final int number) {
        registry.retain(number);
    }

    /** One use less; with the last the handler is forgotten. */
    void release(final int number) {
        if (registry.release(number)) {
            failed.clear(number);
        }
    }
}
