package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.linux.NetworkNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TapTest {
    @Test
    void shouldSleepUntilTheKernelSendsAndAnswerEveryDatagram() throws InterruptedException {
        assertThat(said(TapPeer.class, "50"))
                .contains("answered 50, slept before 50")
                .contains("ALL_MULTICAST")
                .contains("name=rx_good_packets, value=50")
                .contains("name=tx_good_packets, value=50");
    }

    /** DPDK copies a pointer to the key, and the drivers of Intel's NICs, for one, follow it when they are started. */
    @Test
    void shouldKeepTheHashKeyForAsLongAsDpdkMayReadIt() throws InterruptedException {
        assertThat(said(RssKeyPeer.class)).contains("after configure: true").contains("after start: true");
    }

    private static String said(final Class<?> peer, final String... arguments) throws InterruptedException {
        TestEal.get();
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "skipped: no /dev/net/tun");
        final Optional<NetworkNamespace> made = NetworkNamespace.create("tap");
        assumeTrue(made.isPresent(), "skipped: no network namespace can be made here (root and iproute2 needed)");
        try (NetworkNamespace namespace = made.orElseThrow();
                ChildJvm child = ChildJvm.start(namespace.prefix(), peer, arguments)) {
            return child.finish();
        }
    }
}
