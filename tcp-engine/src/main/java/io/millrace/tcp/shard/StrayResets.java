package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.icmp.TokenBucket;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.timer.BurstClock;

/** Resets in answer to segments of no connection, within a limit if there is one. Owned by the shard's thread; allocates nothing. */
final class StrayResets {
    private final Replies replies;
    private final BurstClock clock;
    private final CounterBlock counters;
    /** Null where there is no limit. */
    private final TokenBucket limit;

    /** With at most {@code perSecond}, 0 for any number. */
    StrayResets(final Replies replies, final BurstClock clock, final CounterBlock counters, final int perSecond) {
        this.replies = replies;
        this.clock = clock;
        this.counters = counters;
        limit = perSecond == 0 ? null : new TokenBucket(perSecond, perSecond);
    }

    void answer(final Segment segment) {
        if (limit == null || limit.tryTake(clock.nanos())) {
            replies.reset(segment);
        } else {
            counters.increment(Counter.TCP_RESETS_HELD_BACK);
        }
    }
}
