package io.millrace.bench.stream;

import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.LatencyMeter;
import io.millrace.bench.run.NodeReport;
import io.millrace.bench.run.NodeReporter;
import io.millrace.bench.run.ProcessMeter;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpApplication;
import io.millrace.tcp.TcpEngine;
import io.millrace.tcp.TcpHandler;
import java.util.List;
import java.util.Map;

/** An engine of one shard as one end of the streams. Made and asked by one thread that does not poll. */
public final class EngineStream {
    private final Pattern pattern;
    private final boolean sends;
    private final int connections;
    private final int size;
    private final Addressing addressing;
    private final StreamMeter meter = new StreamMeter();
    private final StreamClient client;

    /**
     * Plans one end.
     *
     * @param sends whether text in bulk goes from here.
     * @param connections how many the client opens.
     * @param size bytes of a request.
     * @param addressing where the server listens.
     */
    public EngineStream(
            final Pattern pattern,
            final boolean sends,
            final int connections,
            final int size,
            final Addressing addressing) {
        this.pattern = pattern;
        this.sends = sends;
        this.connections = connections;
        this.size = size;
        this.addressing = addressing;
        client = new StreamClient(
                addressing.server(),
                Addressing.PORT,
                connections,
                meter,
                loop -> pattern == Pattern.BULK ? bulk() : new Requests(meter, size, loop));
    }

    private TcpHandler bulk() {
        return sends ? new BulkSource(meter) : new BulkSink(meter);
    }

    /** What the client's shard runs. */
    public TcpApplication client() {
        return client;
    }

    /** The server's part: takes connections. */
    public void listen(final TcpEngine engine) {
        engine.listen(
                ListenConfig.onPort(Addressing.PORT).withBacklog(Math.max(connections, 128)),
                shard -> pattern == Pattern.BULK ? bulk() : new Answers(meter, size));
    }

    /** The client's part: opens them. */
    public void start() {
        client.start();
    }

    /** Reports on an engine that runs. */
    public Reporter reporter(final TcpEngine engine, final Map<String, String> facts) {
        return new Reporter(engine, facts);
    }

    /** Gathers the figures of this end. One thread that does not poll; allocates. */
    public final class Reporter {
        private final TcpEngine engine;
        private final Map<String, String> facts;
        private final ProcessMeter process = new ProcessMeter();
        private final LatencyMeter latencies = new LatencyMeter(List.of(meter.latency()));

        private Reporter(final TcpEngine engine, final Map<String, String> facts) {
            this.engine = engine;
            this.facts = facts;
        }

        /** The first figures, after a collection: what starting has left over goes before anything is measured. */
        public NodeReport ready() {
            System.gc();
            return report(NodeReport.READY, facts);
        }

        /** The figures now. */
        public NodeReport sample() {
            return report(NodeReport.SAMPLE, Map.of());
        }

        /** The figures now, after which the total latency begins anew. */
        public NodeReport mark() {
            final NodeReport report = report(NodeReport.SAMPLE, process.pollingThreads());
            latencies.begin();
            return report;
        }

        private NodeReport report(final String event, final Map<String, String> told) {
            final boolean asks = client.isRunning();
            if (asks) {
                latencies.take();
            }
            return new NodeReport(
                    event,
                    System.nanoTime(),
                    NodeReporter.counters(engine),
                    null,
                    asks ? latencies.recent() : null,
                    asks ? latencies.total() : null,
                    asks ? latencies.encodedRecent() : null,
                    process.cost(),
                    told,
                    List.of(),
                    meter.counts());
        }
    }
}
