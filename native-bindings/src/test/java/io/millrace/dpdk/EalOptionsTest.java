package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EalOptionsTest {
    @Test
    void shouldKeepEverythingInMemoryWithHugePages() {
        final EalOptions options = EalOptions.builder()
                .filePrefix("one")
                .cpus(new TreeSet<>(List.of(1, 3)))
                .build();
        assertThat(options.arguments(null))
                .contains("--in-memory", "--no-pci", "--iova-mode=va", "--no-telemetry", "--file-prefix=one")
                .contains("--lcores=0@(1,3)")
                .doesNotContain("--no-huge", "-m", "-d");
    }

    @Test
    void shouldNotSayInMemoryWithoutHugePages() {
        final EalOptions options = EalOptions.builder().hugePages(false).build();
        assertThat(options.arguments("/opt/dpdk/pmds"))
                .containsSequence("-m", "1024")
                .containsSequence("-d", "/opt/dpdk/pmds")
                .contains("--no-huge", "--no-shconf")
                .doesNotContain("--in-memory");
    }

    @Test
    void shouldNamePciDevicesAtTheStart() {
        final EalOptions options = EalOptions.builder()
                .device(Devargs.parse("net_null0"))
                .device(Devargs.parse("3b:00.0,mprq_en=1"))
                .build();
        assertThat(options.arguments(null))
                .containsSequence("-a", "0000:3b:00.0,mprq_en=1")
                .doesNotContain("--no-pci", "net_null0");
    }

    @Test
    void shouldUseFewMemoryFilesForVirtioUser() {
        final EalOptions options = EalOptions.builder()
                .device(Devargs.parse("net_virtio_user0,path=/tmp/s"))
                .build();
        assertThat(options.arguments(null)).contains("--single-file-segments");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-h", "a b", "../x", "a\nb"})
    void shouldRefuseAFilePrefixThatIsNone(final String prefix) {
        final EalOptions.Builder builder = EalOptions.builder().filePrefix(prefix);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + prefix + "'");
    }

    @Test
    void shouldNameTheValueThatIsOutOfRange() {
        assertThatThrownBy(() -> EalOptions.builder().memoryMegabytes(-5).build())
                .hasMessageContaining("-5 MB");
        assertThatThrownBy(() -> EalOptions.builder().logLevel("loud").build())
                .hasMessageContaining("'loud'")
                .hasMessageContaining("warning");
    }

    @Test
    void shouldNameThePciMembersOfABondingDeviceAtTheStart() {
        final EalOptions options = EalOptions.builder()
                .device(Devargs.parse("net_bonding0,mode=1,member=3b:00.0,member=(3b:00.1,mprq_en=1)"))
                .build();
        assertThat(options.arguments(null))
                .containsSequence("-a", "0000:3b:00.0")
                .containsSequence("-a", "0000:3b:00.1,mprq_en=1");
    }
}
