package io.millrace.dataplane.reassembly;

import java.time.Duration;

/**
 * Bounds of reassembly, for each polling thread. A datagram under way takes one frame of the pool, so {@code datagrams}
 * bounds the frames, and with the frame's room the bytes.
 *
 * @param datagrams datagrams under way at once; one more throws the oldest out
 * @param fragments fragments of one datagram
 * @param ipv4Age how long an IPv4 datagram may take (RFC 1122 §3.3.2 wants a fixed time of 60 to 120 s; Linux has 30 s, and
 *     so have we: nothing we answer still waits after that)
 * @param ipv6Age how long an IPv6 datagram may take; RFC 8200 §4.5 says 60 s
 */
public record ReassemblyConfig(int datagrams, int fragments, Duration ipv4Age, Duration ipv6Age) {
    /** Checks the values. */
    public ReassemblyConfig {
        if (datagrams < 1 || datagrams > 4096) {
            throw new IllegalArgumentException("datagrams " + datagrams + ": must be 1 to 4096");
        }
        if (fragments < 2 || fragments > 8192) {
            throw new IllegalArgumentException("fragments " + fragments + ": must be 2 to 8192");
        }
        requireAge("ipv4Age", ipv4Age);
        requireAge("ipv6Age", ipv6Age);
    }

    /** 64 datagrams, of 64 fragments each; 30 s for IPv4, 60 s for IPv6. */
    public static ReassemblyConfig defaults() {
        return new ReassemblyConfig(64, 64, Duration.ofSeconds(30), Duration.ofSeconds(60));
    }

    private static void requireAge(final String name, final Duration age) {
        if (age.compareTo(Duration.ofMillis(1)) < 0 || age.compareTo(Duration.ofSeconds(120)) > 0) {
            throw new IllegalArgumentException(name + " " + age + ": must be 1 ms to 120 s");
        }
    }
}
