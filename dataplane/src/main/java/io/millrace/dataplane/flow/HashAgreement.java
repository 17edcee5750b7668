package io.millrace.dataplane.flow;

/**
 * Whether a device with receive-side scaling does what we do in software: computes the same hash, and by it chooses the
 * same queue. Found out on the first frames of each queue and on a sample of those after; once it does not, it is never
 * trusted again.
 *
 * <p>One for each port. {@link OfQueue} belongs to the thread that polls the queue; a finding of one thread holds for all.
 * Allocates when it is made.
 */
public final class HashAgreement {
    /** So many frames of each queue are all compared. */
    public static final int FIRST_FRAMES = 64;

    /** Of those after, one in so many; a power of two. */
    public static final int SAMPLE_INTERVAL = 1024;

    /** What a comparison found. */
    public enum Finding {
        /** The device does what we do. */
        AGREES,
        /** The hash in the frame is not ours. */
        OTHER_HASH,
        /** The hash is ours, or not told, but the frame came by another queue than it says. */
        OTHER_QUEUE
    }

    private final FlowSteering steering;
    private final boolean queuesAreShards;
    private volatile boolean trusted = true;

    /**
     * Trusts the device until it is found wrong.
     *
     * @param queuesAreShards whether the device is to put the flows of shard {@code s} into queue {@code s}
     */
    public HashAgreement(final FlowSteering steering, final boolean queuesAreShards) {
        this.steering = steering;
        this.queuesAreShards = queuesAreShards;
    }

    /** Whether hash and queue can be believed; any thread. */
    public boolean isTrusted() {
        return trusted;
    }

    /** The comparisons of one queue. */
    public OfQueue ofQueue(final int queue) {
        return new OfQueue(queue);
    }

    /** One queue's. */
    public final class OfQueue {
        private final int queue;
        private int frames;

        private OfQueue(final int queue) {
            this.queue = queue;
        }

        /** Counts one more TCP segment that came whole; whether it is to be compared. */
        public boolean isDue() {
            final int number = frames++;
            return number >= 0 && number < FIRST_FRAMES || (number & SAMPLE_INTERVAL - 1) == 0;
        }

        /**
         * Compares a frame with what it should be.
         *
         * @param told whether the device has told its hash
         * @param deviceHash the device's hash, if told
         * @param softwareHash the Toeplitz hash of the frame's addresses and ports
         */
        public Finding compare(final boolean told, final int deviceHash, final int softwareHash) {
            if (told && deviceHash != softwareHash) {
                return Finding.OTHER_HASH;
            }
            return queuesAreShards && steering.shardOf(softwareHash) != queue ? Finding.OTHER_QUEUE : Finding.AGREES;
        }

        /** Trusts the device no more; true for the first who says so. */
        public boolean distrust() {
            synchronized (HashAgreement.this) { // at most once for each queue
                final boolean first = trusted;
                trusted = false;
                return first;
            }
        }

        /** Whether hash and queue can be believed. */
        public boolean isTrusted() {
            return trusted;
        }

        /** Whether the queue says anything about the hash. */
        public boolean queuesAreShards() {
            return queuesAreShards;
        }

        /** The number of the queue. */
        public int queue() {
            return queue;
        }
    }
}
