package io.millrace.dataplane.nic;

import java.util.Arrays;

/** The NICs there are, and what each is known to report: the figures of {@code docs/nics.md}. */
enum NicModel {
    E1000E("e1000e", 2, Steering.NONE, "unknown bad unknown", "unknown bad"),
    VMXNET3("vmxnet3", 4, Steering.NONE, "unknown unknown unknown", "unknown unknown"),
    VIRTIO("virtio", 4, Steering.BY_QUEUE, "unknown unknown unknown", "unknown unknown"),
    IGB("igb", 4, Steering.BY_QUEUE_AND_HASH, "good bad good", "good bad"),
    IGB_VF("igbvf", 1, Steering.NONE, "good bad good", "good bad");

    /** What becomes of the flows of several queues. */
    private enum Steering {
        /** All come by queue 0, and that is said. */
        NONE,
        /** Each comes by its queue. */
        BY_QUEUE,
        /** Each comes by its queue, with its hash. */
        BY_QUEUE_AND_HASH
    }

    private final String label;
    private final int queuePairs;
    private final Steering steering;
    private final String ipChecksums;
    private final String l4Checksums;

    /**
     * A model.
     *
     * @param queuePairs as many as are tried at once
     * @param steering what it makes of our hash and table
     * @param ipChecksums what it reports of a good IPv4 header, of a bad one, and of IPv6
     * @param l4Checksums what it reports of a good TCP or UDP checksum, and of a bad one
     */
    NicModel(
            final String label,
            final int queuePairs,
            final Steering steering,
            final String ipChecksums,
            final String l4Checksums) {
        this.label = label;
        this.queuePairs = queuePairs;
        this.steering = steering;
        this.ipChecksums = ipChecksums;
        this.l4Checksums = l4Checksums;
    }

    static NicModel named(final String label) {
        return Arrays.stream(values())
                .filter(model -> model.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no NIC model " + label));
    }

    String label() {
        return label;
    }

    int queuePairs() {
        return queuePairs;
    }

    boolean steers() {
        return steering != Steering.NONE;
    }

    boolean tellsHash() {
        return steering == Steering.BY_QUEUE_AND_HASH;
    }

    /** Whether all checksums are good, by its driver's word, where it isn't asked to look at them. */
    boolean callsAllGoodUnasked() {
        return this == IGB;
    }

    /** Whether it drops frames to groups, though it says that it takes them all. */
    boolean dropsMulticast() {
        return this == IGB_VF;
    }

    /** Whether it cuts large segments, by its driver's word. */
    boolean cutsSegments() {
        return this != E1000E;
    }

    /** Whether it drops the tagged frames that nobody has asked for. */
    boolean dropsTagged() {
        return this == VIRTIO || this == IGB_VF;
    }

    String ipChecksum(final boolean ipv4, final boolean good) {
        return ipChecksums.split(" ")[ipv4 ? good ? 0 : 1 : 2];
    }

    String l4Checksum(final boolean good) {
        return l4Checksums.split(" ")[good ? 0 : 1];
    }
}
