package io.millrace.bench.run;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.dataplane.counters.Counter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What a child process says about itself: one line of JSON. All figures are totals since the process began, so a reader
 * takes differences; the latencies are the exception, and say what they span. Immutable.
 *
 * @param event why it was sent.
 * @param nanos the process's monotonic clock, ns.
 * @param counters the engine's counters and gauges, summed over its threads, by name; zero ones are left out.
 * @param load the generator's counts; null from a server.
 * @param recent set-up latency since the last report; null from a server.
 * @param total set-up latency since the mark; null from a server.
 * @param histogram what {@code recent} sums up, ns: HdrHistogram's compressed form in Base64; null from a server.
 * @param process what the process itself costs.
 * @param facts on {@link #READY} what does not change: versions, flags, sizes; after {@link NodeCommand#MARK} {@link
 *     #POLLING_THREADS}.
 * @param errors on {@link #ERROR}: what went wrong, a line each.
 * @param stream what a node of the stream benchmark has moved; null from others.
 */
public record NodeReport(
        String event,
        long nanos,
        Map<String, Long> counters,
        Load load,
        Latency recent,
        Latency total,
        String histogram,
        ProcessCost process,
        Map<String, String> facts,
        List<String> errors,
        Stream stream) {

    /** The node listens, or could begin to send. */
    public static final String READY = "ready";
    /** An answer to a command. */
    public static final String SAMPLE = "sample";
    /** The node could not start. */
    public static final String ERROR = "error";
    /** The fact which the node's polling threads are: the ids that Java knows them by, with spaces between. */
    public static final String POLLING_THREADS = "polling_threads";

    /**
     * The generator's counts.
     *
     * @param offered connections that were due: in an open loop by its schedule, else {@code attempts}.
     * @param attempts SYNs sent for the first time.
     * @param opened connections established.
     * @param closed connections established and ended in order.
     * @param closedAtFirstTry those of {@code closed} that were open before a SYN could have been sent again.
     * @param failed connections that ended otherwise.
     * @param heldBack times there was no room for another attempt.
     * @param failures {@code failed} by reason; zero ones are left out.
     * @param blast what became of SYNs that no engine sends; null where there are none.
     * @param held what became of connections that are held; null where there are none.
     */
    public record Load(
            long offered,
            long attempts,
            long opened,
            long closed,
            long closedAtFirstTry,
            long failed,
            long heldBack,
            Map<String, Long> failures,
            Blast blast,
            Held held) {
        /** Connections of the engine's that have begun and not ended. */
        public long underWay() {
            return attempts - closed - failed;
        }

        private long ofClients(final ToLongFunction<Blast> count) {
            return blast == null || !blast.answered() ? 0 : count.applyAsLong(blast);
        }

        /** Connections that were due, those of clients without state among them. */
        public long allOffered() {
            return offered + ofClients(Blast::due);
        }

        /** Connections begun, those of clients without state among them. */
        public long allBegun() {
            return attempts + ofClients(Blast::sent);
        }

        /** Connections established, those of clients without state among them. */
        public long allOpened() {
            return opened + ofClients(Blast::opened);
        }

        /** Connections established and ended in order, those of clients without state among them. */
        public long allClosed() {
            return closed + ofClients(Blast::closed);
        }

        /** Connections that ended otherwise, as far as is known: of clients without state those that were reset. */
        public long allFailed() {
            return failed + ofClients(Blast::reset);
        }
    }

    /**
     * What became of SYNs that no engine sends.
     *
     * @param answered whether clients without state complete the connections; otherwise it is a flood.
     * @param due SYNs that were due by the clock.
     * @param sent those that the link has taken.
     * @param opened SYN-ACKs acknowledged.
     * @param closed connections completed.
     * @param reset resets that came.
     * @param rounds duty cycles in which some were due.
     * @param fullRounds those of them in which the link had no room for all.
     * @param workNanos what it took of the polling thread's time.
     */
    public record Blast(
            boolean answered,
            long due,
            long sent,
            long opened,
            long closed,
            long reset,
            long rounds,
            long fullRounds,
            long workNanos) {}

    /**
     * What became of connections that are held.
     *
     * @param open open now.
     * @param lost ended before they were let go, or not in order.
     * @param closed let go and ended in order.
     */
    public record Held(long open, long lost, long closed) {}

    /**
     * Set-up latencies, microseconds.
     *
     * @param count how many.
     */
    public record Latency(long count, double p50, double p99, double p999, double max) {}

    /**
     * What a process costs.
     *
     * @param cpuNanos CPU time of the whole process.
     * @param pollingCpuNanos CPU time of its polling threads.
     * @param pollingAllocatedBytes heap bytes its polling threads have allocated.
     * @param gcCount garbage collections.
     * @param gcMillis time in them.
     * @param safepoints times the JVM stopped all its threads; -1 where it does not tell.
     * @param safepointMillis time in them, reaching them included; -1 where it does not tell.
     * @param pollingThreads how many polling threads there are.
     * @param pollingWaitNanos time in which they could have run and another had their core.
     * @param pollingSwitches times their core was taken from them.
     * @param heapBytes of the Java heap in use.
     * @param residentBytes memory of its own that the process has touched, huge pages left out.
     */
    public record ProcessCost(
            long cpuNanos,
            long pollingCpuNanos,
            long pollingAllocatedBytes,
            long gcCount,
            long gcMillis,
            long safepoints,
            long safepointMillis,
            int pollingThreads,
            long pollingWaitNanos,
            long pollingSwitches,
            long heapBytes,
            long residentBytes) {}

    /**
     * What a node of the stream benchmark has moved.
     *
     * @param bytes text that its applications have received.
     * @param exchanges requests that were answered in full.
     * @param open connections open now.
     * @param failed connections that have ended before the load did.
     */
    public record Stream(long bytes, long exchanges, long open, long failed) {}

    /** A report that the node could not start. */
    public static NodeReport error(final List<String> lines) {
        return new NodeReport(ERROR, System.nanoTime(), Map.of(), null, null, null, null, null, Map.of(), lines, null);
    }

    /** Of a node that is not ours, and tells nothing. */
    static NodeReport absent() {
        return new NodeReport(
                SAMPLE,
                System.nanoTime(),
                Map.of(),
                null,
                null,
                null,
                null,
                new ProcessCost(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                Map.of("server", "not ours"),
                List.of(),
                null);
    }

    /** A counter's value. */
    public long counter(final Counter counter) {
        return counters.getOrDefault(counter.name(), 0L);
    }

    /** Writes it as one line. */
    public String toLine() {
        final Map<String, Object> line = new LinkedHashMap<>();
        line.put("event", event);
        line.put("nanos", nanos);
        line.put("counters", counters);
        line.put("load", load);
        line.put("recent", recent);
        line.put("total", total);
        line.put("histogram", histogram);
        line.put("process", process);
        line.put("facts", facts);
        line.put("errors", errors);
        line.put("stream", stream);
        try {
            return JSON.std.asString(line);
        } catch (final IOException e) {
            throw new IllegalStateException("report can't be written as JSON", e);
        }
    }

    /** Reads a line; throws if it is not a report. */
    public static NodeReport fromLine(final String line) throws IOException {
        return JSON.std.beanFrom(NodeReport.class, line);
    }
}
