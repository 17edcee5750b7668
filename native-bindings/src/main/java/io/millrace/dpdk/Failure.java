package io.millrace.dpdk;

import io.millrace.dpdk.ffm.DpdkFunctions;
import java.util.ArrayList;
import java.util.List;

/** Makes exceptions of failed calls: the error's text, and behind it what DPDK logged about it. */
final class Failure {
    /** The cause is logged first; what the layers above it add says less and less. */
    private static final int MAX_LOG_LINES = 2;

    private static final int EPERM = 1;

    private Failure() {}

    /** The exception for a call that returned {@code result} (negative errno). */
    static DpdkException of(final DpdkFunctions functions, final String function, final int result, final String mend) {
        final int code = Math.abs(result);
        final List<String> words = new ArrayList<>(functions.log().drain());
        words.subList(Math.min(words.size(), MAX_LOG_LINES), words.size()).clear();
        // Drivers return a bare -1 for anything: then its text, "Operation not permitted", would mislead.
        if (code != EPERM || words.isEmpty()) {
            words.addFirst(functions.eal().strerror(code));
        }
        return new DpdkException(function, code, String.join(" | ", words), mend);
    }

    /** Throws when {@code result} is negative. */
    static void check(final DpdkFunctions functions, final String function, final int result, final String mend) {
        if (result < 0) {
            throw of(functions, function, result, mend);
        }
    }
}
