package io.millrace.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which figures two results of the same kind are compared by. Stateless. */
final class Metrics {
    private static final double BYTES_PER_GBIT = 1e9 / 8;

    /** Those of what goes over connections; of bulk and of requests, of which a result has either. */
    private static final List<Metric> OF_STREAM = List.of(
            Metric.more("gbit_per_second", "Gbit/s", 2, run -> run.number("gbit_per_second")),
            Metric.more("requests_per_second", "requests/s", 0, run -> run.number("requests_per_second")),
            Metric.less("latency_p50_us", "p50 of an answer, µs", 1, run -> run.number("latency_us", "p50")),
            Metric.less("latency_p99_us", "p99, µs", 1, run -> run.number("latency_us", "p99")),
            Metric.less("latency_p999_us", "p99.9, µs", 1, run -> run.number("latency_us", "p999")),
            Metric.less("server_cpu_ns_per_kb", "server CPU, ns/kB", 0, run -> nanosPerKilobyte(run, "server")),
            Metric.less("client_cpu_ns_per_kb", "client CPU, ns/kB", 0, run -> nanosPerKilobyte(run, "client")),
            Metric.less("server_cpu_ns", "server CPU, ns/request", 0, run -> nanosPerRequest(run, "server")),
            Metric.less("client_cpu_ns", "client CPU, ns/request", 0, run -> nanosPerRequest(run, "client")),
            Metric.less(
                    "retransmissions_per_second",
                    "sent again/s",
                    1,
                    run -> run.number("retransmissions") / run.number("duration_s")));

    private static final List<Metric> OF_IO = List.of(
            Metric.more("port_mpps", "port, Mpps", 2, run -> run.number("mpps", "port")),
            Metric.more("c_mpps", "C, Mpps", 2, run -> run.number("mpps", "c")),
            Metric.more("device_mpps", "bindings alone, Mpps", 2, run -> run.number("mpps", "device")),
            Metric.more("port_of_c", "port, of C", 3, run -> run.number("of_c", "port")),
            Metric.more("device_of_c", "bindings alone, of C", 3, run -> run.number("of_c", "device")));

    private Metrics() {}

    private static double nanosPerKilobyte(final ResultDocument run, final String node) {
        return run.number("cpu", node) * 1e9 / (run.number("gbit_per_second") * BYTES_PER_GBIT / 1e3);
    }

    private static double nanosPerRequest(final ResultDocument run, final String node) {
        return run.number("cpu", node) * 1e9 / run.number("requests_per_second");
    }

    /** Those that either result has. */
    static List<Metric> of(final ResultDocument a, final ResultDocument b) {
        final List<Metric> all = switch (a.schema()) {
            case CONNECTIONS -> Metric.OF_CONNECTIONS;
            case STREAM -> ofStream(a, b);
            case IO -> OF_IO;
        };
        return all.stream().filter(metric -> metric.isIn(a) || metric.isIn(b)).toList();
    }

    /** Of each pairing by itself. */
    private static List<Metric> ofStream(final ResultDocument a, final ResultDocument b) {
        final Set<String> pairings = new TreeSet<>();
        a.runs().forEach(run -> pairings.add(run.text("pairing")));
        b.runs().forEach(run -> pairings.add(run.text("pairing")));
        if (pairings.size() == 1) {
            return OF_STREAM;
        }
        final List<Metric> metrics = new ArrayList<>();
        for (final String pairing : pairings) {
            final String label = (a.isThere(pairing) ? a : b).text(pairing, "label");
            OF_STREAM.forEach(metric -> metrics.add(metric.of(
                    pairing + ".", label + ": ", run -> run.text("pairing").equals(pairing))));
        }
        return metrics;
    }
}
