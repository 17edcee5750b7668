package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.linux.NetworkNamespace;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AfPacketTest {
    @Test
    void shouldBeWokenByEachFrameThoughTheDriverHasNoInterrupts() throws InterruptedException {
        TestEal.get();
        final Optional<NetworkNamespace> made = NetworkNamespace.create("sleep");
        assumeTrue(made.isPresent(), "skipped: no network namespace can be made here (root and iproute2 needed)");
        try (NetworkNamespace namespace = made.orElseThrow()) {
            namespace.vethPair("mill0", "mill1");
            try (ChildJvm child = ChildJvm.start(
                    namespace.prefix(),
                    CablePeer.class,
                    "net_af_packet0,iface=mill0",
                    "net_af_packet1,iface=mill1",
                    "2000",
                    "asleep")) {
                assertThat(child.finish()).contains("there: received 2000 of").contains("back: received 2000 of");
            }
        }
    }
}
