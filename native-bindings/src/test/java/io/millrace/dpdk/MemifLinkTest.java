package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A link between two processes over shared memory, as VPP and others speak it. */
class MemifLinkTest {
    private static final String FRAMES = "100000";

    @TempDir
    private Path directory;

    @BeforeEach
    void needsDpdk() {
        TestEal.get();
    }

    @Test
    void shouldEchoBetweenTwoProcesses() throws Exception {
        final Path socket = directory.resolve("memif");
        try (ChildJvm server = ChildJvm.start(LinkPeer.class, "server", "nohuge", memif("server", socket), FRAMES)) {
            server.awaitLine("listening");
            try (ChildJvm generator =
                    ChildJvm.start(LinkPeer.class, "generator", "nohuge", memif("client", socket), FRAMES)) {
                assertThat(generator.finish()).contains("returned " + FRAMES);
                assertThat(server.finish()).contains("echoed " + FRAMES);
            }
        }
    }

    private static String memif(final String role, final Path socket) {
        return "net_memif0,role=" + role + ",socket-abstract=no,socket=" + socket;
    }
}
