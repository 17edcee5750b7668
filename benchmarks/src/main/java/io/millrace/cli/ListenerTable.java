package io.millrace.cli;

import io.millrace.dataplane.counters.CountersReader;
import io.millrace.dataplane.counters.ListenerCounter;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Listeners for people: a line each, summed over the threads, in the columns of {@code ss -ltn} and after them what is counted
 * of each. Any thread; allocates.
 */
final class ListenerTable {
    private static final String HEAD = "%-6s %6s %6s %22s %8s %10s %10s %10s %9s %9s %9s %9s %9s%n";
    private static final String LINE = "%-6s %6d %6d %22s %8d %10d %10d %10d %9d %9d %9d %9d %9d%n";

    private ListenerTable() {}

    static void print(final PrintWriter out, final CountersReader reader) {
        out.printf(
                HEAD,
                "State",
                "Recv-Q",
                "Send-Q",
                "Local Address:Port",
                "SYN-Q",
                "SYNs",
                "Opened",
                "Accepted",
                "Overflows",
                "Drops",
                "CookSent",
                "CookRecv",
                "CookFail");
        final Map<String, List<CountersReader.Listener>> byLocal = new LinkedHashMap<>();
        reader.listeners()
                .forEach(listener -> byLocal.computeIfAbsent(listener.local(), local -> new ArrayList<>())
                        .add(listener));
        byLocal.forEach((local, onThreads) -> print(out, local, new Sums(reader, onThreads)));
    }

    private static void print(final PrintWriter out, final String local, final Sums sums) {
        out.printf(
                LINE,
                "LISTEN",
                sums.of(ListenerCounter.ACCEPT_QUEUE),
                sums.most(ListenerCounter.BACKLOG),
                local,
                sums.of(ListenerCounter.SYN_QUEUE),
                sums.of(ListenerCounter.SYNS),
                sums.of(ListenerCounter.OPENED),
                sums.of(ListenerCounter.ACCEPTED),
                sums.of(ListenerCounter.LISTEN_OVERFLOWS),
                sums.of(ListenerCounter.LISTEN_DROPS),
                sums.of(ListenerCounter.SYNCOOKIES_SENT),
                sums.of(ListenerCounter.SYNCOOKIES_RECEIVED),
                sums.of(ListenerCounter.SYNCOOKIES_FAILED));
    }

    /** One listener over its threads; what the writer's version does not count is 0. */
    private record Sums(CountersReader reader, List<CountersReader.Listener> onThreads) {
        long of(final ListenerCounter counter) {
            return onThreads.stream()
                    .mapToLong(listener -> value(listener, counter))
                    .sum();
        }

        /** Of what is the same on each thread. */
        long most(final ListenerCounter counter) {
            return onThreads.stream()
                    .mapToLong(listener -> value(listener, counter))
                    .max()
                    .orElse(0);
        }

        private long value(final CountersReader.Listener listener, final ListenerCounter counter) {
            for (int i = 0; i < reader.listenerCounters().size(); i++) {
                if (reader.listenerCounters().get(i).name().equals(counter.name())) {
                    return listener.values().get(i);
                }
            }
            return 0;
        }
    }
}
