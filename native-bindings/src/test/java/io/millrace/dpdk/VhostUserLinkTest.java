package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.linux.HugePages;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fastest link between two processes: a vhost-user server and a virtio-user generator, packed ring, in order. */
class VhostUserLinkTest {
    private static final long HUGE_BYTES = 512L << 20;
    private static final String MILLION = "1000000";
    private static final String FEWER = "100000";

    @TempDir
    private Path directory;

    @BeforeEach
    void needsDpdk() {
        TestEal.get();
    }

    @Test
    void shouldEchoAMillionFramesBetweenTwoProcessesOverHugePages() throws Exception {
        assumeTrue(
                HugePages.freeBytes() >= HUGE_BYTES,
                () -> "skipped: 512 MB of free huge pages needed; root: " + HugePages.commandToReserve(HUGE_BYTES));
        echo("huge", directory.resolve("socket"), MILLION);
    }

    @Test
    void shouldEchoBetweenTwoProcessesWithoutHugePages() throws Exception {
        echo("nohuge", directory.resolve("socket"), FEWER);
    }

    @Test
    void shouldSleepBetweenFramesWhenAskedForInterrupts() throws Exception {
        final Path socket = directory.resolve("socket");
        try (ChildJvm server = ChildJvm.start(
                LinkPeer.class, "server", "nohuge", "net_vhost0,iface=" + socket + ",queues=1", FEWER, "interrupts")) {
            awaitSocket(server, socket);
            try (ChildJvm generator = generator("nohuge", socket, FEWER)) {
                assertThat(generator.finish()).contains("returned " + FEWER);
                assertThat(server.finish()).contains("echoed " + FEWER).doesNotContain("slept 0");
            }
        }
    }

    @Test
    void shouldDeleteTheSocketOfADeadServer() throws Exception {
        final Path socket = directory.resolve("socket");
        try (ChildJvm server = server("nohuge", socket, FEWER)) {
            awaitSocket(server, socket);
        }
        assertThat(socket).exists();
        echo("nohuge", socket, FEWER);
        assertThat(socket).doesNotExist();
    }

    private static void echo(final String memory, final Path socket, final String frames) throws InterruptedException {
        try (ChildJvm server = server(memory, socket, frames)) {
            awaitSocket(server, socket);
            try (ChildJvm generator = generator(memory, socket, frames)) {
                assertThat(generator.finish()).contains("returned " + frames);
                assertThat(server.finish()).contains("echoed " + frames);
            }
        }
    }

    private static ChildJvm generator(final String memory, final Path socket, final String frames) {
        return ChildJvm.start(
                LinkPeer.class,
                "generator",
                memory,
                "net_virtio_user0,path=" + socket + ",queues=1,queue_size=1024,packed_vq=1,mrg_rxbuf=0,in_order=1"
                        + ",mac=02:00:00:00:00:02",
                frames);
    }

    private static ChildJvm server(final String memory, final Path socket, final String frames) {
        return ChildJvm.start(LinkPeer.class, "server", memory, "net_vhost0,iface=" + socket + ",queues=1", frames);
    }

    /** The server starts first: waits until it listens (not until the file is there, for it may be a dead one's). */
    private static void awaitSocket(final ChildJvm server, final Path socket) {
        server.awaitLine("listening");
        assertThat(socket).exists();
    }
}
