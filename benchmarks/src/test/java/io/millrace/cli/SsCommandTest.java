package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.cli.control.ControlServer;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.TcpEngine;
import io.millrace.tcp.socket.Sockets;
import io.millrace.tcp.socket.TcpSocket;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two engines joined by a cable in memory; one listens, the other has connected to it three times. */
@DisplayName("millrace ss")
@Timeout(60)
class SsCommandTest {
    private static final int CONNECTIONS = 3;

    @TempDir
    private Path folder;

    private final MemoryPort.Pair cable = MemoryPort.pair(MemoryPortConfig.defaults());
    private final List<AutoCloseable> open = new ArrayList<>();
    private Path control;

    @BeforeEach
    void connect() throws IOException {
        final TcpEngine server = engine(cable.left(), "10.0.0.1/24", 2);
        final TcpEngine client = engine(cable.right(), "10.0.0.2/24", 1);
        control = folder.resolve("control");
        open.addFirst(ControlServer.open(control, server));
        final TcpSocket listener = new Sockets(server).open(false);
        listener.bind(IpAddress.ANY_IPV4, 80);
        listener.listen(10);
        final Sockets sockets = new Sockets(client);
        for (int i = 0; i < CONNECTIONS; i++) {
            sockets.open(false).connect(IpAddress.parse("10.0.0.1"), 80);
            listener.accept();
        }
    }

    private TcpEngine engine(final MemoryPort port, final String address, final int shards) {
        final TcpEngine engine = TcpEngine.builder()
                .port(port, HostAddresses.builder(port.mac()).address(address).build())
                .shards(shards)
                .config(TcpConfig.builder()
                        .maxConnections(1_000)
                        .synQueueCapacity(1_000)
                        .timeWaitCapacity(1_000)
                        .bufferPoolBytes(8 << 20)
                        .build())
                .start();
        open.addFirst(engine);
        return engine;
    }

    @AfterEach
    void close() throws Exception {
        for (final AutoCloseable each : open) {
            each.close();
        }
        cable.close();
    }

    private List<String> ss(final String... options) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final List<String> line = new ArrayList<>(List.of("ss", "--control", control.toString()));
        line.addAll(List.of(options));
        assertThat(Millrace.run(line.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true)))
                .isEqualTo(Millrace.OK);
        assertThat(err.toString()).isEmpty();
        return out.toString().lines().toList();
    }

    @Test
    void shouldPrintConnectionsOfEveryShardInTheColumnsOfSs() {
        final List<String> lines = ss();
        assertThat(lines).hasSize(1 + CONNECTIONS);
        assertThat(lines.getFirst()).matches("State +Recv-Q +Send-Q +Local Address:Port +Peer Address:Port");
        assertThat(lines.subList(1, lines.size()))
                .allMatch(line -> line.matches("ESTAB +0 +0 +10\\.0\\.0\\.1:80 +10\\.0\\.0\\.2:[0-9]+"));
    }

    @Test
    void shouldPrintWhatTcpKnowsAndWhatItWaitsFor() {
        final List<String> lines = ss("-o", "--info", "--limit", "1");
        assertThat(lines).hasSize(3);
        assertThat(lines.get(2))
                .matches("\\t ts sack wscale:[0-9]+,[0-9]+ rto:[0-9]+( rtt:[0-9.]+/[0-9.]+)? mss:1460 cwnd:10"
                        + " snd_wnd:[0-9]+ rcv_wnd:[0-9]+");
    }

    @Test
    void shouldFilterByStateAndPort() {
        assertThat(ss("--state", "time-wait,syn-sent")).hasSize(1);
        assertThat(ss("--state", "established", "--sport", "80")).hasSize(1 + CONNECTIONS);
        assertThat(ss("--all", "--sport", "81")).hasSize(1);
        assertThat(ss("--dport", "80")).hasSize(1);
    }

    @Test
    void shouldPrintJsonWithEveryField() throws IOException {
        final Map<String, Object> json = JSON.std.mapFrom(ss("--json").getFirst());
        assertThat(json)
                .containsEntry("state", "ESTABLISHED")
                .containsEntry("local", "10.0.0.1")
                .containsEntry("local_port", 80)
                .containsEntry("recv_q", 0)
                .containsKeys("rtt_us", "cwnd", "timer", "shard");
    }

    @Test
    void shouldRefuseNonsenseInOneLine() {
        assertRefused("--state gone", "--state gone: unknown; choose one of all, big, bucket, close-wait");
        assertRefused("--sport 70000", "--sport 70000 is out of range: give 0 to 65535");
        assertRefused("--control /nowhere", "--control /nowhere: ");
    }

    private void assertRefused(final String options, final String message) {
        final StringWriter err = new StringWriter();
        final List<String> line = new ArrayList<>(List.of("ss"));
        if (!options.startsWith("--control")) {
            line.addAll(List.of("--control", control.toString()));
        }
        line.addAll(List.of(options.split(" ")));
        assertThat(Millrace.run(
                        line.toArray(String[]::new), new PrintWriter(new StringWriter()), new PrintWriter(err, true)))
                .isEqualTo(Millrace.BAD_INPUT);
        assertThat(err.toString()).contains(message);
    }
}
