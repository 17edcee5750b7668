package io.millrace.dataplane.port;

/** How a {@link MemoryPort} does receive-side scaling: as it should, or with the faults that devices have. */
public enum MemoryRss {
    /** Each TCP flow comes by the queue its hash says, and its frames tell the hash. */
    RIGHT(true, true, true),
    /** The right queue, but a frame tells nothing of its hash. */
    RIGHT_UNTOLD(false, true, true),
    /** The right queue, but the frame tells a hash by another key. */
    OTHER_HASH(true, false, true),
    /** The right hash, and a queue by another redirection table. */
    OTHER_QUEUE(true, true, false),
    /** A queue by another redirection table, and not a word of a hash. */
    OTHER_QUEUE_UNTOLD(false, true, false);

    private static final int OTHER_KEY = 0x5ca1ab1e;

    private final boolean tells;
    private final boolean rightHash;
    private final boolean rightQueue;

    MemoryRss(final boolean tells, final boolean rightHash, final boolean rightQueue) {
        this.tells = tells;
        this.rightHash = rightHash;
        this.rightQueue = rightQueue;
    }

    /** The hash a frame tells, 0 for none. */
    int told(final int hash) {
        if (!tells || hash == 0) {
            return 0;
        }
        return rightHash ? hash : hash ^ OTHER_KEY;
    }

    /** The queue a flow comes by which should come by {@code queue}. */
    int queue(final int queue, final int queues) {
        return rightQueue ? queue : (queue + 1) % queues;
    }

    /** Whether frames tell hashes at all. */
    boolean tells() {
        return tells;
    }
}
