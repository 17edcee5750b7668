package io.millrace.bench.run;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the server and the generator are joined. */
public enum Link {
    /** vhost-user and virtio-user over shared memory, packed ring: the fastest between two processes. */
    VHOST(true),
    /** A pair of rings inside one process. */
    RING(false),
    /** Shared memory interface between two processes. */
    MEMIF(false),
    /** The kernel's packet sockets on a veth pair. */
    AF_PACKET(false);

    private final boolean available;

    Link(final boolean available) {
        this.available = available;
    }

    /** Whether this version can use it. */
    public boolean available() {
        return available;
    }

    /** The name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All names, for messages. */
    public static String labels() {
        return Arrays.stream(values()).map(Link::label).collect(Collectors.joining(", "));
    }
}
