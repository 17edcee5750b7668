package io.millrace.dpdk;

import io.millrace.dpdk.ffm.DpdkFunctions;
import java.util.List;

/** Makes exceptions of failed calls: the error's text, and behind it what DPDK logged about it. */
final class Failure {
    private static final int MAX_LOG_LINES = 4;

    private Failure() {}

    /** The exception for a call that returned {@code result} (negative errno). */
    static DpdkException of(
            final DpdkFunctions functions, final String function, final int result, final String mend) {
        final StringBuilder text = new StringBuilder(functions.eal().strerror(Math.abs(result)));
        final List<String> log = functions.log().drain();
        for (final String line : log.subList(Math.max(0, log.size() - MAX_LOG_LINES), log.size())) {
            text.append(" | ").append(line);
        }
        return new DpdkException(function, Math.abs(result), text.toString(), mend);
    }

    /** Throws when {@code result} is negative. */
    static void check(final DpdkFunctions functions, final String function, final int result, final String mend) {
        if (result < 0) {
            throw of(functions, function, result, mend);
        }
    }
}
