package io.millrace.dataplane.counters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.dataplane.Allocations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CountersFileTest {
    @TempDir
    Path directory;

    @Test
    void shouldShowAReaderWhatIsCounted() throws IOException {
        final Path path = directory.resolve("counters");
        try (CountersFile file = CountersFile.create(path, List.of("io", "shard-0"));
                CountersReader reader = CountersReader.open(path)) {
            file.blocks().get(0).add(Counter.FRAMES_RECEIVED, 5);
            file.blocks().get(1).add(Counter.FRAMES_RECEIVED, 7);
            file.blocks().get(1).set(Counter.TIME_WAIT_ENTRIES, 60_000_000);

            assertThat(reader.blockNames()).containsExactly("io", "shard-0");
            assertThat(reader.sum("FRAMES_RECEIVED")).isEqualTo(12);
            assertThat(reader.value(1, Counter.TIME_WAIT_ENTRIES.ordinal())).isEqualTo(60_000_000);
            assertThat(reader.sum("NO_SUCH_COUNTER")).isZero();
            assertThat(reader.linuxName(Counter.LISTEN_OVERFLOWS.ordinal())).isEqualTo("TcpExtListenOverflows");
            assertThat(reader.sentence(Counter.FRAMES_RECEIVED.ordinal()))
                    .isEqualTo(Counter.FRAMES_RECEIVED.sentence());
            assertThat(reader.counterNames()).hasSize(Counter.COUNT);
            assertThat(reader.processId()).isEqualTo(ProcessHandle.current().pid());
        }
        assertThat(path).doesNotExist();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldHaveTheDocumentedLayout() throws IOException {
        final Path path = directory.resolve("counters");
        try (CountersFile file = CountersFile.create(path, List.of("only"))) {
            file.blocks().getFirst().set(Counter.BYTES_RECEIVED, 0x1122334455L);

            final ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(new String(bytes.array(), 0, 8, StandardCharsets.US_ASCII))
                    .isEqualTo("MILLRACE");
            assertThat(bytes.getInt(8)).isEqualTo(1);
            assertThat(bytes.getInt(12)).isEqualTo(Counter.COUNT);
            assertThat(bytes.getInt(16)).isEqualTo(1);
            assertThat(bytes.getInt(24) % 4096).isZero();
            assertThat(bytes.getLong(bytes.getInt(24) + 8)).isEqualTo(0x1122334455L);
        }
    }

    @Test
    void shouldTakeThePlaceOfAnOldFile() throws IOException {
        final Path path = directory.resolve("counters");
        Files.writeString(path, "left by a process that was killed");
        try (CountersFile file = CountersFile.create(path, List.of("io"));
                CountersReader reader = CountersReader.open(path)) {
            assertThat(reader.blockNames())
                    .containsExactly(file.blocks().getFirst().name());
        }
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws IOException {
        final Path path = directory.resolve("text");
        Files.writeString(path, "x".repeat(100));
        assertThatThrownBy(() -> CountersReader.open(path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("text");
        assertThatThrownBy(() -> CountersReader.open(directory.resolve("none"))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> CountersFile.create(Path.of("/nonexistent/counters"), List.of("io")))
                .hasMessageContaining("/nonexistent/counters");
    }

    @Test
    void shouldAllocateNothingWhenCounting() {
        final CounterBlock block = CounterBlock.allocate("test");

        assertThat(Allocations.bytesPer50Thousand(() -> block.increment(Counter.FRAMES_RECEIVED)))
                .isZero();
        assertThat(block.get(Counter.FRAMES_RECEIVED)).isGreaterThanOrEqualTo(80_000);
    }
}
