package io.millrace.dataplane.counters;

/** Where the counters of listeners are kept. Any thread; allocates for each listener. */
public interface ListenerBlocks {
    /** Keeps them where nobody else sees them. */
    ListenerBlocks PRIVATE = new ListenerBlocks() {
        @Override
        public ListenerBlock open(final String thread, final String local) {
            return ListenerBlock.allocate();
        }

        @Override
        public void close(final ListenerBlock block) {
            // its memory goes with it
        }
    };

    /**
     * Counters for a listener that begins to listen, all zero.
     *
     * @param thread the polling thread that counts, such as {@code shard-0}
     * @param local where it listens, as {@code ss} writes it: {@code 10.0.0.1:80}, {@code [::]:80}, {@code *:80}
     */
    ListenerBlock open(String thread, String local);

    /** The listener has ended; nothing more is counted. */
    void close(ListenerBlock block);
}
