package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.linux.CpuAffinity;
import java.util.List;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

class EalTest {
    private static final SortedSet<Integer> CPUS_BEFORE = CpuAffinity.allowedCpus();

    @Test
    void shouldLeaveTheCallersThreadWhereItWas() {
        TestEal.get();
        assertThat(CpuAffinity.allowedCpus()).isEqualTo(CPUS_BEFORE);
    }

    @Test
    void shouldTellItsVersion() {
        final Eal eal = TestEal.get();
        assertThat(eal.version()).startsWith("DPDK ");
        assertThat(eal.abi()).isBetween(23, 26);
    }

    @Test
    void shouldStartOnceInAJvm() {
        TestEal.get();
        final EalOptions options = EalOptions.builder().hugePages(false).build();
        assertThatThrownBy(() -> Eal.start(options))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another process");
    }

    @Test
    void shouldRegisterAPlatformThreadAndRefuseAVirtualOne() throws InterruptedException {
        final Eal eal = TestEal.get();
        final Throwable[] caught = new Throwable[2];
        final Thread platform = Thread.ofPlatform()
                .start(() -> caught[0] = thrownBy(() -> {
                    eal.registerThread();
                    eal.unregisterThread();
                }));
        final Thread virtual = Thread.ofVirtual().start(() -> caught[1] = thrownBy(eal::registerThread));
        platform.join();
        virtual.join();
        assertThat(caught[0]).isNull();
        assertThat(caught[1]).hasMessageContaining("virtual thread");
    }

    @Test
    void shouldSayHowToGetHugePagesWhenThereAreNotEnough() {
        final EalOptions options = EalOptions.builder().memoryMegabytes(500_000).build();
        assertThatThrownBy(() -> Eal.start(options))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("500000 MB")
                .hasMessageContaining("echo 250000 > /proc/sys/vm/nr_hugepages")
                .hasMessageContaining("--no-huge");
    }

    @Test
    void shouldNameThePciDeviceThatIsNotThere() {
        final EalOptions options = EalOptions.builder()
                .hugePages(false)
                .device(Devargs.parse("ffff:ff:1f.7"))
                .build();
        assertThatThrownBy(() -> Eal.start(options))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("ffff:ff:1f.7")
                .hasMessageContaining("lspci");
    }

    @Test
    void shouldFindTheLibrariesAndDriversInADirectoryOfTheUsers() throws InterruptedException {
        final Eal eal = TestEal.get();
        try (ChildJvm child = ChildJvm.start(
                List.of("env", "MILLRACE_DPDK_LIB=" + eal.functions().library().directory()),
                CablePeer.class,
                "net_ring0",
                "net_null0",
                "0")) {
            assertThat(child.finish()).contains("driver=net_ring").contains("received 0 ");
        }
    }

    private static Throwable thrownBy(final Runnable task) {
        try {
            task.run();
            return null;
        } catch (final RuntimeException e) {
            return e;
        }
    }
}
