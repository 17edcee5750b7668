package io.millrace.cli.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.TcpEngine;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two engines joined by a cable in memory, each with threads of its own and a control socket. */
@Timeout(60)
class ControlServerTest {
    @TempDir
    private Path folder;

    private final MemoryPort.Pair cable = MemoryPort.pair(MemoryPortConfig.defaults());
    private final List<AutoCloseable> open = new ArrayList<>();
    private Path here;
    private Path there;

    @BeforeEach
    void open() throws IOException {
        here = serve("a", cable.left(), "10.0.0.1/24", 2);
        there = serve("b", cable.right(), "10.0.0.2/24", 1);
    }

    private Path serve(final String name, final MemoryPort port, final String address, final int shards)
            throws IOException {
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
        final Path path = folder.resolve(name);
        open.addFirst(ControlServer.open(path, engine));
        return path;
    }

    @AfterEach
    void close() throws Exception {
        for (final AutoCloseable each : open) {
            each.close();
        }
        cable.close();
    }

    /** Asks on a connection of its own. */
    private static String ask(final Path path, final String line) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            Channels.newOutputStream(channel).write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            return new LineReader(Channels.newInputStream(channel)).next().orElse("nothing");
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CompletableFuture<String> asking(final Path path, final String line) {
        return CompletableFuture.supplyAsync(() -> ask(path, line), Thread.ofVirtual()::start);
    }

    private static String socket(final Path path) {
        return ask(path, "SOCKET 4").substring(3);
    }

    private static void ok(final Path path, final String... lines) {
        for (final String line : lines) {
            assertThat(ask(path, line)).as(line).isEqualTo("OK 0");
        }
    }

    /** A listening socket on port 80 here, over both shards. */
    private String listening(final int backlog) {
        final String id = socket(here);
        ok(here, "BIND " + id + " 0.0.0.0 80", "LISTEN " + id + " " + backlog);
        return id;
    }

    @Test
    void shouldConnectAcceptAndCarryAMegabyteBothWays() {
        final String listener = listening(5);
        final String client = socket(there);
        final CompletableFuture<String> accepting = asking(here, "ACCEPT " + listener);
        ok(there, "CONNECT " + client + " 10.0.0.1 80");
        final String[] accepted = accepting.join().split(" ");
        assertThat(accepted[2]).isEqualTo("10.0.0.2");
        final String megabyte = "0123456789abcdef".repeat(1 << 17);
        final CompletableFuture<String> writing = asking(there, "WRITE " + client + " " + megabyte);
        final StringBuilder read = new StringBuilder();
        while (read.length() < megabyte.length()) {
            read.append(ask(here, "READ " + accepted[1] + " 100000").split(" ")[2]);
        }
        assertThat(read.toString()).isEqualTo(megabyte);
        assertThat(writing.join()).isEqualTo("OK " + (1 << 20));
        ok(there, "SHUTDOWN " + client + " 1");
        assertThat(ask(here, "READ " + accepted[1] + " 10")).isEqualTo("OK 0 ");
        assertThat(ask(here, "WRITE " + accepted[1] + " 6f6b")).isEqualTo("OK 2");
        assertThat(ask(there, "READ " + client + " 10")).isEqualTo("OK 2 6f6b");
        ok(here, "CLOSE " + accepted[1]);
        assertThat(ask(there, "READ " + client + " 10")).isEqualTo("OK 0 ");
        assertThat(ask(here, "READ " + accepted[1] + " 10")).isEqualTo("ERR EBADF");
    }

    @Test
    void shouldAcceptFromEveryShardAndSpreadConnectsOverThem() {
        final String listener = listening(64);
        for (int i = 0; i < 20; i++) {
            ok(there, "CONNECT " + socket(there) + " 10.0.0.1 80");
        }
        final Stream<String> accepted =
                Stream.generate(() -> ask(here, "ACCEPT " + listener)).limit(20);
        assertThat(accepted.map(answer -> answer.split(" ")[1]).distinct()).hasSize(20);
        final String back = socket(there);
        ok(there, "BIND " + back + " 10.0.0.2 81", "LISTEN " + back + " 64");
        for (int i = 0; i < 4; i++) {
            final String from = socket(here);
            ok(here, "BIND " + from + " 0.0.0.0 " + (5_000 + i), "CONNECT " + from + " 10.0.0.2 81");
        }
    }

    @Test
    void shouldTellRefused() {
        assertThat(ask(there, "CONNECT " + socket(there) + " 10.0.0.1 81")).isEqualTo("ERR ECONNREFUSED");
    }

    @Test
    void shouldWakeWhoWaitsWhenEverythingIsReset() {
        final String listener = listening(5);
        final String client = socket(there);
        ok(there, "CONNECT " + client + " 10.0.0.1 80");
        final CompletableFuture<String> reading = asking(there, "READ " + client + " 10");
        ok(here, "RESET");
        assertThat(reading.join()).isEqualTo("ERR ECONNRESET");
        assertThat(ask(here, "ACCEPT " + listener)).isEqualTo("ERR EBADF");
        final CompletableFuture<String> polling = asking(there, "POLL " + socket(there) + " 1 -1");
        assertThat(polling.join()).isEqualTo("OK 16");
    }

    @Test
    void shouldAnswerNonsenseAndServeOn() {
        final String id = socket(here);
        for (final String line : List.of(
                "",
                "   ",
                "SOCKET",
                "SOCKET 5",
                "JUMP 1",
                "BIND " + id,
                "BIND " + id + " 1.2.3 80",
                "BIND " + id + " 10.0.0.1 x",
                "BIND " + id + " 10.0.0.1 70000",
                "READ x 1",
                "READ " + id + " -1",
                "WRITE " + id + " 0",
                "WRITE " + id + " zz",
                "SETOPT " + id + " 1 13 1",
                "SHUTDOWN " + id + " 9",
                "CONNECTIONS 9:0 0 0 ESTABLISHED",
                "CONNECTIONS 0:-1 0 0 ESTABLISHED",
                "CONNECTIONS 0 0 0 ESTABLISHED",
                "CONNECTIONS 0:0 0 0 OPEN",
                "CONNECTIONS 0:0",
                "\0\u00ff")) {
            assertThat(ask(here, line)).as(line).isEqualTo("ERR EINVAL");
        }
        assertThat(ask(here, "READ 4711 1")).isEqualTo("ERR EBADF");
        assertThat(ask(here, "GETOPT " + id + " 6 999")).isEqualTo("ERR ENOPROTOOPT");
        assertThat(ask(here, "GETOPT " + id + " 6 11")).isEqualTo("OK 7");
    }

    @Test
    void shouldBeForItsOwnerAloneAndLeaveNothing() throws Exception {
        assertThat(Files.getPosixFilePermissions(here)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        close();
        open.clear();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void shouldReplaceOnlyASocketThatNobodyAnswersOn() throws Exception {
        final TcpEngine engine = (TcpEngine) open.getLast();
        assertThatThrownBy(() -> ControlServer.open(here, engine))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("somebody answers");
        final Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> ControlServer.open(file, engine))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no socket");
        final Path stale = folder.resolve("stale");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(stale))
                .close();
        assertThat(stale).exists();
        try (ControlServer replaced = ControlServer.open(stale, engine)) {
            assertThat(ask(stale, "SOCKET 4")).isEqualTo("OK 1");
            assertThat(replaced).isNotNull();
        }
        assertThatThrownBy(() -> ControlServer.open(folder.resolve("no/where"), engine))
                .isInstanceOf(IOException.class);
    }
}
