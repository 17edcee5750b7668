package io.millrace.dataplane.port.decorator;

import java.nio.ByteBuffer;

/**
 * A frame out of a capture, lent to a {@link Handler} until it returns: the reader uses it again for the next.
 *
 * <p>Owned by the reader's thread; allocates its buffer once.
 */
public final class CapturedFrame {
    /** Takes frames one by one. */
    @FunctionalInterface
    public interface Handler {
        /** Takes a frame; it is valid until this returns. */
        void onFrame(CapturedFrame frame);
    }

    private final ByteBuffer data;
    int interfaceNumber;
    long epochNanos;
    int length;
    boolean inbound;
    String comment = "";

    CapturedFrame(final int snap) {
        data = ByteBuffer.allocateDirect(snap);
    }

    /** Number of its interface in {@link CaptureReader#interfaces()}. */
    public int interfaceNumber() {
        return interfaceNumber;
    }

    /** When it was received or sent: nanoseconds since 1970. */
    public long epochNanos() {
        return epochNanos;
    }

    /** Its bytes, from position to limit: as many as were kept. */
    public ByteBuffer data() {
        return data;
    }

    /** Its length in bytes, which may be more than were kept. */
    public int length() {
        return length;
    }

    /** Whether it was received; it was sent otherwise. */
    public boolean isInbound() {
        return inbound;
    }

    /** Why it was dropped; empty if it was not. */
    public String comment() {
        return comment;
    }
}
