package io.millrace.bench.io;

import io.millrace.dpdk.Devargs;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What frames go through: a virtual device whose cost is little beside that of the calls. */
public enum IoLink {
    /** A ring in memory that leads back to its own port: what is sent is received again. */
    RING("net_ring0"),
    /** A driver that takes a frame from the pool for each one received, and gives back each one sent. */
    NULL("net_null0");

    private final String device;

    IoLink(final String device) {
        this.device = device;
    }

    /** The device, in DPDK's syntax. */
    Devargs device() {
        return Devargs.parse(device);
    }

    /** The name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The link of a name on the command line. */
    public static Optional<IoLink> of(final String label) {
        return Arrays.stream(values())
                .filter(link -> link.label().equals(label))
                .findFirst();
    }

    /** All names, for messages. */
    public static String labels() {
        return Arrays.stream(values()).map(IoLink::label).collect(Collectors.joining(", "));
    }
}
