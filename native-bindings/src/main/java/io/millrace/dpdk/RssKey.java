package io.millrace.dpdk;

import java.util.Arrays;

/** The key of the Toeplitz hash by which a NIC spreads flows over its queues. Immutable. */
public final class RssKey {
    /** Leaves the key the driver has chosen. */
    public static final RssKey DRIVERS_OWN = new RssKey(new byte[0]);

    private static final int LENGTH = 40;

    private final byte[] bytes;

    private RssKey(final byte[] bytes) {
        this.bytes = bytes;
    }

    /** A key of 40 bytes. */
    public static RssKey of(final byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("RSS key of " + bytes.length + " bytes: must be " + LENGTH);
        }
        return new RssKey(bytes.clone());
    }

    boolean isDriversOwn() {
        return bytes.length == 0;
    }

    /** The key, with zeros behind it where the device wants a longer one: no IP address and port reach that far. */
    byte[] bytes(final int deviceKeySize) {
        return Arrays.copyOf(bytes, Math.max(LENGTH, deviceKeySize));
    }
}
