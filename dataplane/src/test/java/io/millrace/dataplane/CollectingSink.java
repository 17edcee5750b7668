package io.millrace.dataplane;

import java.util.ArrayList;
import java.util.List;

/** Keeps the frames it is sent, for a test to look at. */
public final class CollectingSink implements FrameSink {
    public final List<Long> frames = new ArrayList<>();

    @Override
    public void send(final long mbuf) {
        frames.add(mbuf);
    }

    @Override
    public void flush() {}

    /** The one frame sent since the last call. */
    public long takeOnly() {
        if (frames.size() != 1) {
            throw new AssertionError(frames.size() + " frames sent instead of 1");
        }
        return frames.removeFirst();
    }
}
