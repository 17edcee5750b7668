package io.millrace.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MemoryRegionTest {
    @ParameterizedTest
    @EnumSource(PagePreference.class)
    void shouldBeZeroedAndWritableToItsLastByte(final PagePreference preference) {
        final long bytes = 5_000_003;
        try (MemoryRegion region = MemoryRegion.allocate("a test", bytes, preference)) {
            for (long at = 0; at < bytes; at += 1024) {
                assertThat(Memory.getByte(region.address() + at)).isZero();
            }
            Memory.putByte(region.address() + bytes - 1, 0x7f);
            assertThat(Memory.getByte(region.address() + bytes - 1)).isEqualTo((byte) 0x7f);
            assertThat(region.size()).isEqualTo(bytes);
            assertThat(region.address() % 64).isZero();
        }
    }

    @Test
    void shouldCostOnlyWhatIsTouched() throws IOException {
        final long before = residentKilobytes();
        try (MemoryRegion region = MemoryRegion.allocate("a large table", 1L << 40, PagePreference.NORMAL)) {
            Memory.putLong(region.address() + (1L << 39), 1);
            assertThat(residentKilobytes() - before).isLessThan(100_000);
        }
    }

    @Test
    void shouldTakeTransparentPagesAtAHugeBoundaryByDefault() {
        try (MemoryRegion region = MemoryRegion.allocate("a table", 8 << 20)) {
            assertThat(region.pageKind()).isIn(PageKind.TRANSPARENT, PageKind.NORMAL);
            assertThat(region.address() % (2 << 20)).isZero();
        }
    }

    @Test
    void shouldSayWhatTheMemoryWasForWhenThereIsNone() {
        assertThatThrownBy(() -> MemoryRegion.allocate("the TIME_WAIT table", 1L << 60))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessageContaining("the TIME_WAIT table");
    }

    @Test
    void shouldRefuseAnEmptyRegion() {
        assertThatThrownBy(() -> MemoryRegion.allocate("nothing", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldCloseTwiceWithoutHarm() {
        final MemoryRegion region = MemoryRegion.allocate("a test", 4096);
        region.close();
        region.close();
    }

    @Test
    void shouldTakeAllItsMemoryAtOnceWhenAskedTo() throws IOException {
        final long bytes = 64L << 20;
        try (MemoryRegion region = MemoryRegion.allocate("a test", bytes, PagePreference.NORMAL)) {
            Memory.putLong(region.address() + 8, 42);
            final long before = residentKilobytes();
            region.prefault();

            assertThat(residentKilobytes() - before).isGreaterThan(bytes / 1024 * 9 / 10);
            assertThat(Memory.getLong(region.address() + 8)).isEqualTo(42);
            assertThat(Memory.getLong(region.address() + bytes - 8)).isZero();
        }
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
