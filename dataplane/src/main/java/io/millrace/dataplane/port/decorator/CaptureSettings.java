package io.millrace.dataplane.port.decorator;

/**
 * What a capture keeps. For configuration; immutable.
 *
 * @param filter which frames
 * @param snap the most bytes of a frame, {@value #MIN_SNAP} to {@value #MAX_SNAP}
 * @param frames how many frames the ring keeps; in a stream, how far its writer may fall behind
 */
public record CaptureSettings(CaptureFilter filter, int snap, int frames) {
    /** The shortest snap length: an Ethernet header. */
    public static final int MIN_SNAP = 14;
    /** The longest snap length. */
    public static final int MAX_SNAP = 65_535;
    /** The most frames a ring can be asked to keep. */
    public static final int MAX_FRAMES = 1 << 24;

    private static final int DEFAULT_SNAP = 1_536;
    private static final int DEFAULT_FRAMES = 8_192;

    /** Checks the ranges. */
    public CaptureSettings {
        if (snap < MIN_SNAP || snap > MAX_SNAP) {
            throw new IllegalArgumentException(
                    "snap length " + snap + " is out of range: give " + MIN_SNAP + " to " + MAX_SNAP);
        }
        if (frames < 1 || frames > MAX_FRAMES) {
            throw new IllegalArgumentException(
                    "number of captured frames " + frames + " is out of range: give 1 to " + MAX_FRAMES);
        }
    }

    /** Every frame, whole where it has at most 1,536 bytes, and room for 8,192. */
    public static CaptureSettings defaults() {
        return new CaptureSettings(CaptureFilter.ALL, DEFAULT_SNAP, DEFAULT_FRAMES);
    }

    /** The same with another filter. */
    public CaptureSettings withFilter(final CaptureFilter other) {
        return new CaptureSettings(other, snap, frames);
    }

    /** The same with another snap length. */
    public CaptureSettings withSnap(final int bytes) {
        return new CaptureSettings(filter, bytes, frames);
    }

    /** The same with another number of frames. */
    public CaptureSettings withFrames(final int number) {
        return new CaptureSettings(filter, snap, number);
    }
}
