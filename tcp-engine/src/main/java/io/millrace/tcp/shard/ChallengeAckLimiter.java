package io.millrace.tcp.shard;

import io.millrace.tcp.table.Tcb;

/**
 * Limits challenge ACKs, RFC 5961 §7: so many for each connection, half-open entry ({@code SynQueue.takeChallenge}) and
 * TIME_WAIT entry ({@code TimeWaitTable.takeChallenge}), each counted in its own record.
 *
 * <p>There is no count over several of them, not even a random one. Any such count lets who is not on the path find
 * connections of others: he uses it up by segments that would be challenged if the connection existed, and sees on a
 * connection of his own whether he has (CVE-2016-5696). None is needed: a challenge ACK is never more than the segment that
 * asked for it, and in all they are at most ten a second for each record. Owned by the shard's thread; stateless.
 */
final class ChallengeAckLimiter {
    private static final int INTERVAL_MS = 100;

    private ChallengeAckLimiter() {}

    /** Whether a connection may send one now. */
    static boolean allows(final Tcb tcb, final int nowMs) {
        if (tcb.challengeMs() != 0 && nowMs - tcb.challengeMs() < INTERVAL_MS) {
            return false;
        }
        tcb.challengeMs(nowMs | 1);
        return true;
    }
}
