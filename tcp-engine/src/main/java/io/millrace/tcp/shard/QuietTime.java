package io.millrace.tcp.shard;

import io.millrace.dataplane.FrameBatch;
import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.PortFrames;
import io.millrace.tcp.timer.BurstClock;

/**
 * RFC 9293 §3.4.3: after a start that may have forgotten sequence numbers no segment is sent for a while, nor any heard.
 * Owned by the shard's thread; allocates nothing.
 */
final class QuietTime {
    private final BurstClock clock;
    private final PortFrames frames;
    private final CounterBlock counters;
    private final int until;
    private boolean quiet;

    /** From now on for so many ms, 0 for not at all. */
    QuietTime(final int lengthMs, final BurstClock clock, final PortFrames frames, final CounterBlock counters) {
        this.clock = clock;
        this.frames = frames;
        this.counters = counters;
        quiet = lengthMs > 0;
        until = clock.millis() + lengthMs;
    }

    /** Whether it lasts. */
    boolean lasts() {
        if (quiet && clock.millis() - until >= 0) {
            quiet = false;
        }
        return quiet;
    }

    /** Frees what has come, and counts it. */
    void discard(final FrameBatch batch) {
        int segments = 0;
        for (int i = 0; i < batch.size(); i++) {
            segments += FrameMeta.kind(batch.meta(i)) < FrameMeta.ICMP4_ERROR ? 1 : 0;
            frames.free(batch.mbuf(i));
        }
        counters.add(Counter.TCP_SEGMENTS_RECEIVED, segments);
        counters.add(Counter.QUIET_TIME_DROPS, segments);
    }
}
