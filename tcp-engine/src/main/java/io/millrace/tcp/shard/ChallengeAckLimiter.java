package io.millrace.tcp.shard;

import io.millrace.tcp.table.Tcb;
import java.util.SplittableRandom;

/**
 * Limits challenge ACKs, RFC 5961 §7, without being a side channel: a connection has its own interval, and the shard's
 * budget for everything else is drawn anew, at random, every second, so that nobody can count what others used up of it.
 * Owned by the shard's thread.
 */
final class ChallengeAckLimiter {
    private static final int INTERVAL_MS = 100;
    private static final int MIN_BUDGET = 5_000;
    private static final int BUDGET_SPREAD = 5_000;

    private final SplittableRandom random = new SplittableRandom();
    private int secondStart;
    private int budget = MIN_BUDGET;

    /** Whether a connection may send one now. */
    boolean allows(final Tcb tcb, final int nowMs) {
        if (tcb.challengeMs() != 0 && nowMs - tcb.challengeMs() < INTERVAL_MS) {
            return false;
        }
        tcb.challengeMs(nowMs | 1);
        return true;
    }

    /** Whether an entry that is no connection may have one sent now. */
    boolean allows(final int nowMs) {
        if (nowMs - secondStart >= 1_000 || nowMs - secondStart < 0) {
            secondStart = nowMs;
            budget = MIN_BUDGET + random.nextInt(BUDGET_SPREAD);
        }
        return budget-- > 0;
    }
}
