package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.counters.CountersDirectory;
import io.millrace.dataplane.counters.CountersFile;
import io.millrace.dataplane.counters.CountersReader;
import io.millrace.dataplane.counters.ListenerBlock;
import io.millrace.dataplane.counters.ListenerCounter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("millrace stat")
class StatCommandTest {
    @TempDir
    Path directory;

    private final long process = ProcessHandle.current().pid();
    private CountersFile file;
    private CounterBlock io;
    private CounterBlock shard;

    @BeforeEach
    void count() {
        file = CountersFile.create(new CountersDirectory(directory).fileOf(process));
        io = file.newBlock("io-0");
        shard = file.newBlock("shard-0");
        io.add(Counter.FRAMES_RECEIVED, 1_234_567);
        shard.add(Counter.TCP_SEGMENTS_RECEIVED, 40);
        shard.set(Counter.CONNECTIONS, 7);
        file.note("net_x0", "rx_frames", 99);
    }

    @AfterEach
    void close() {
        file.close();
    }

    @Test
    void shouldPrintTheOnlyEnginesCountersInFixedColumnsWithoutZeros() {
        final List<String> lines = stat();

        assertThat(lines.getFirst())
                .startsWith("#millrace " + process + ", up ")
                .endsWith("[io-0, shard-0]");
        assertThat(lines)
                .contains(
                        "%-34s %20s".formatted("FRAMES_RECEIVED", "1,234,567"),
                        "%-34s %20s".formatted("TCP_SEGMENTS_RECEIVED", "40"),
                        "%-34s %20s".formatted("net_x0 rx_frames", "99"))
                .hasSize(5);
        assertThat(stat(String.valueOf(process)).subList(1, 5)).isEqualTo(lines.subList(1, 5));
        assertThat(stat(file.path().toString()).subList(1, 5)).isEqualTo(lines.subList(1, 5));
    }

    @Test
    void shouldExplainAndShowZerosWhenAsked() {
        assertThat(stat("--explain"))
                .contains("%-34s %20s  %s (TcpInSegs)"
                        .formatted("TCP_SEGMENTS_RECEIVED", "40", Counter.TCP_SEGMENTS_RECEIVED.sentence()));
        assertThat(stat("--all")).hasSize(1 + Counter.COUNT + 1);
        assertThat(stat("--list")).hasSize(Counter.COUNT).allMatch(line -> line.length() > 40);
    }

    @Test
    void shouldPrintWhatWasAddedAndTheRateFromTheSecondPrintOn() throws IOException {
        final StringWriter out = new StringWriter();
        try (CountersReader reader = CountersReader.open(file.path())) {
            final StatTable table = new StatTable(reader, false, false);
            table.print(new PrintWriter(out, true), 1_000_000_000L);
            io.add(Counter.FRAMES_RECEIVED, 500);
            shard.set(Counter.CONNECTIONS, 5);
            table.print(new PrintWriter(out, true), 3_000_000_000L);
        }
        final List<String> lines = out.toString().lines().toList();
        assertThat(lines.subList(lines.size() / 2, lines.size()))
                .contains(
                        "%-34s %20s %16s %16s".formatted("FRAMES_RECEIVED", "1,235,067", "+500", "250.0/s"),
                        "%-34s %20s %16s %16s".formatted("CONNECTIONS", "5", "-2", ""));
    }

    @Test
    void shouldPrintJsonForEachThread() throws IOException {
        final Map<String, Object> json = JSON.std.mapFrom(String.join("\n", stat("--json")));

        assertThat(json).containsEntry("process", (int) process);
        final Map<?, ?> threads = (Map<?, ?>) json.get("threads");
        assertThat(((Map<?, ?>) threads.get("io-0")).get("FRAMES_RECEIVED")).isEqualTo(1_234_567);
        assertThat(((Map<?, ?>) threads.get("shard-0")).get("FRAMES_RECEIVED")).isEqualTo(0);
        assertThat(((Map<?, ?>) ((Map<?, ?>) json.get("ports")).get("net_x0")).get("rx_frames"))
                .isEqualTo(99);
    }

    @Test
    void shouldPrintListenersAsSsDoesSummedOverTheThreads() {
        listen();
        assertThat(stat("--listeners"))
                .containsExactly(
                        "State  Recv-Q Send-Q     Local Address:Port    SYN-Q       SYNs     Opened   Accepted"
                                + " Overflows     Drops  CookSent  CookRecv  CookFail",
                        "LISTEN      5    128            10.0.0.1:80        0          2          0          0"
                                + "         1         0         0         0         0",
                        "LISTEN      0     64              [::]:7443        0          0          0          0"
                                + "         0         0         0         0         0");
    }

    /** One listener on two threads, another on one. */
    private void listen() {
        for (int thread = 0; thread < 2; thread++) {
            final ListenerBlock block = file.listeners().open("shard-" + thread, "10.0.0.1:80");
            block.set(ListenerCounter.ACCEPT_QUEUE, 2 + thread);
            block.set(ListenerCounter.BACKLOG, 128);
            block.increment(ListenerCounter.SYNS);
            if (thread == 1) {
                block.increment(ListenerCounter.LISTEN_OVERFLOWS);
            }
        }
        file.listeners().open("shard-0", "[::]:7443").set(ListenerCounter.BACKLOG, 64);
    }

    @Test
    void shouldPrintListenersForMachinesEachThreadByItself() throws IOException {
        listen();
        final Map<String, Object> json = JSON.std.mapFrom(String.join("\n", stat("--json")));
        final List<?> listeners = (List<?>) json.get("listeners");
        assertThat(listeners).hasSize(3);
        final Map<?, ?> second = (Map<?, ?>) listeners.get(1);
        assertThat(second.get("local")).isEqualTo("10.0.0.1:80");
        assertThat(second.get("thread")).isEqualTo("shard-1");
        assertThat(second.get("LISTEN_OVERFLOWS")).isEqualTo(1);
        assertThat(stat("--prometheus"))
                .contains(
                        "# TYPE millrace_listener_accept_queue gauge",
                        "millrace_listener_accept_queue{local=\"10.0.0.1:80\",process=\"" + process
                                + "\",thread=\"shard-1\"} 3.0",
                        "# TYPE millrace_listener_listen_overflows_total counter",
                        "millrace_listener_listen_overflows_total{local=\"10.0.0.1:80\",process=\"" + process
                                + "\",thread=\"shard-1\"} 1.0");
    }

    @Test
    void shouldPrintPrometheusText() {
        assertThat(stat("--prometheus"))
                .contains(
                        "# HELP millrace_frames_received_total " + Counter.FRAMES_RECEIVED.sentence(),
                        "# TYPE millrace_frames_received_total counter",
                        "millrace_frames_received_total{process=\"" + process + "\",thread=\"io-0\"} 1234567.0",
                        "# TYPE millrace_connections gauge",
                        "millrace_connections{process=\"" + process + "\",thread=\"shard-0\"} 7.0",
                        "millrace_device_figure{figure=\"rx_frames\",port=\"net_x0\",process=\"" + process
                                + "\"} 99.0");
    }

    @Test
    void shouldListTheProcessesWhenSeveralRunAndTellThoseThatHaveGone() throws Exception {
        final Process other = new ProcessBuilder("sleep", "60").start();
        try {
            write(other.pid(), System.currentTimeMillis() + 1000);
            final Process gone = new ProcessBuilder("true").start();
            gone.waitFor();
            write(gone.pid(), System.currentTimeMillis() + 1000);

            assertThat(stat())
                    .hasSize(4)
                    .anyMatch(line -> line.startsWith(process + " ") && line.contains("running"))
                    .anyMatch(line -> line.startsWith(other.pid() + " ") && line.contains("running"))
                    .anyMatch(line -> line.startsWith(gone.pid() + " ") && line.contains("gone"));
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldSayThatNoEngineRuns() {
        file.close();
        final StringWriter err = new StringWriter();
        final int code = Millrace.run(
                new String[] {"stat", "--directory", directory.toString()},
                new PrintWriter(new StringWriter()),
                new PrintWriter(err, true));
        assertThat(code).isEqualTo(Millrace.BAD_INPUT);
        assertThat(err.toString().lines()).singleElement().asString().contains("no engine that counts runs here");
    }

    private void write(final long pid, final long start) throws IOException {
        final ByteBuffer bytes =
                ByteBuffer.wrap(Files.readAllBytes(file.path())).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                new CountersDirectory(directory).fileOf(pid),
                bytes.putLong(40, pid).putLong(48, start).array());
    }

    private List<String> stat(final String... arguments) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final List<String> line = new ArrayList<>(List.of("stat", "--directory", directory.toString()));
        line.addAll(List.of(arguments));
        assertThat(Millrace.run(line.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true)))
                .isEqualTo(Millrace.OK);
        assertThat(err.toString()).isEmpty();
        return out.toString().lines().toList();
    }
}
