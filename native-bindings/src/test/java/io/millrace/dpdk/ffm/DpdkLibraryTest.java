package io.millrace.dpdk.ffm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.dpdk.DpdkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DpdkLibraryTest {
    @TempDir
    private Path directory;

    @Test
    void shouldSayWhereItLookedAndWhatToInstall() {
        assertThatThrownBy(() -> DpdkLibrary.load(List.of(directory), true))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("apt-get install dpdk")
                .hasMessageContaining("MILLRACE_DPDK_LIB");
    }

    @Test
    void shouldNameTheVersionItDoesNotKnow() throws IOException {
        Files.createFile(directory.resolve("librte_eal.so.22"));
        Files.createFile(directory.resolve("librte_eal.so.99"));
        assertThatThrownBy(() -> DpdkLibrary.load(List.of(directory), true))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("ABI [22, 99]")
                .hasMessageContaining("23 to 26");
    }

    @Test
    void shouldNameThePackageOfALibraryThatIsMissingOrBroken() throws IOException {
        Files.createFile(directory.resolve("librte_eal.so.23"));
        assertThatThrownBy(() -> DpdkLibrary.load(List.of(directory), true))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("librte_eal.so.23")
                .hasMessageContaining("apt-get install librte-eal23");
    }

    @Test
    void shouldNamePackagesAsDebianDoes() {
        assertThat(DpdkLibrary.packageName("librte-net_af_packet", 23)).isEqualTo("librte-net-af-packet23");
        assertThat(DpdkLibrary.packageName("librte-net_e1000", 25)).isEqualTo("librte-net-e1000-25");
    }
}
