package io.millrace.cli;

import java.util.List;

/** Tells the errors that the user can mend from ours. */
final class UserErrors {
    private UserErrors() {}

    /** True when the message is meant for the user: bad values, and what DPDK refuses. */
    static boolean isUsers(final Throwable e) {
        return e instanceof BadInputException;
    }

    /** The lines to show. */
    static List<String> lines(final Throwable e) {
        return e instanceof BadInputException bad ? bad.lines() : List.of(String.valueOf(e.getMessage()));
    }
}
