package io.millrace.dataplane.counters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.dataplane.Allocations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CountersFileTest {
    @TempDir
    Path directory;

    @Test
    void shouldShowAReaderWhatIsCounted() throws IOException {
        final Path path = directory.resolve("counters");
        try (CountersFile file = CountersFile.create(path)) {
            final CounterBlock io = file.newBlock("io");
            try (CountersReader reader = CountersReader.open(path)) {
                assertThat(reader.blockNames()).containsExactly("io");
                final CounterBlock shard = file.newBlock("shard-0");
                io.add(Counter.FRAMES_RECEIVED, 5);
                shard.add(Counter.FRAMES_RECEIVED, 7);
                shard.set(Counter.TIME_WAIT_ENTRIES, 60_000_000);

                assertThat(reader.blockNames()).containsExactly("io", "shard-0");
                assertThat(reader.sum("FRAMES_RECEIVED")).isEqualTo(12);
                assertThat(reader.value(1, Counter.TIME_WAIT_ENTRIES.ordinal())).isEqualTo(60_000_000);
                assertThat(reader.sum("NO_SUCH_COUNTER")).isZero();
                assertThat(reader.counters()).hasSize(Counter.COUNT);
                for (final Counter counter : Counter.values()) {
                    assertThat(reader.counters().get(counter.ordinal()))
                            .isEqualTo(new CountersReader.Named(
                                    counter.name(), counter.linuxName().orElse(""), counter.sentence()));
                }
                assertThat(reader.processId()).isEqualTo(ProcessHandle.current().pid());
            }
            assertThat(io.name()).isEqualTo("io");
        }
        assertThat(path).doesNotExist();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldShowFiguresThatOthersCount() throws IOException {
        final Path path = directory.resolve("counters");
        try (CountersFile file = CountersFile.create(path);
                CountersReader reader = CountersReader.open(path)) {
            file.note("port 0", "rx_good_packets", 3);
            file.note("port 1", "rx_good_packets", 4);
            file.note("port 0", "rx_good_packets", 5);
            assertThat(reader.figures())
                    .containsExactly(
                            new CountersReader.Figure("port 0", "rx_good_packets", 5),
                            new CountersReader.Figure("port 1", "rx_good_packets", 4));
            for (int i = 0; i < 5000; i++) {
                file.note("port 2", "figure " + i, i);
            }
            assertThat(reader.figures()).as("the rest has no room").hasSize(4096);
        }
    }

    @Test
    void shouldShowTheListenersThatListenNowAndUseTheirRowsAgain() throws IOException {
        final Path path = directory.resolve("counters");
        try (CountersFile file = CountersFile.create(path);
                CountersReader reader = CountersReader.open(path)) {
            assertThat(reader.listeners()).isEmpty();
            assertThat(reader.listenerCounters())
                    .extracting(CountersReader.Named::name)
                    .containsExactly(Stream.of(ListenerCounter.values())
                            .map(ListenerCounter::name)
                            .toArray(String[]::new));
            final ListenerBlock first = file.listeners().open("shard-0", "10.0.0.1:80");
            final ListenerBlock second = file.listeners().open("shard-1", "[fd00::1]:80");
            first.increment(ListenerCounter.LISTEN_OVERFLOWS);
            second.set(ListenerCounter.BACKLOG, 128);
            assertThat(reader.listeners())
                    .extracting(CountersReader.Listener::thread, CountersReader.Listener::local)
                    .containsExactly(tuple("shard-0", "10.0.0.1:80"), tuple("shard-1", "[fd00::1]:80"));
            assertThat(reader.listeners().get(0).values().get(ListenerCounter.LISTEN_OVERFLOWS.ordinal()))
                    .isEqualTo(1);
            assertThat(reader.listeners().get(1).values().get(ListenerCounter.BACKLOG.ordinal()))
                    .isEqualTo(128);

            file.listeners().close(first);
            first.increment(ListenerCounter.SYNS); // a straggler counts on, and disturbs nobody
            assertThat(reader.listeners())
                    .extracting(CountersReader.Listener::local)
                    .containsExactly("[fd00::1]:80");
            final ListenerBlock third = file.listeners().open("shard-0", "*:7");
            assertThat(third.get(ListenerCounter.LISTEN_OVERFLOWS)).isZero();
            assertThat(reader.listeners())
                    .extracting(CountersReader.Listener::local)
                    .containsExactly("*:7", "[fd00::1]:80");
        }
    }

    @Test
    void shouldCountListenersForWhichThereIsNoRowAllTheSame() throws IOException {
        final Path path = directory.resolve("counters");
        try (CountersFile file = CountersFile.create(path);
                CountersReader reader = CountersReader.open(path)) {
            for (int i = 0; i < CountersLayout.MAX_LISTENERS; i++) {
                file.listeners().open("shard-0", "*:" + i);
            }
            final ListenerBlock beyond = file.listeners().open("shard-0", "*:beyond");
            beyond.increment(ListenerCounter.SYNS);
            assertThat(beyond.get(ListenerCounter.SYNS)).isEqualTo(1);
            assertThat(reader.listeners()).hasSize(CountersLayout.MAX_LISTENERS);
            file.listeners().close(beyond);
        }
    }

    @Test
    void shouldLetAThreadCountOnAfterTheFileHasGone() {
        final CountersFile file = CountersFile.create(directory.resolve("counters"));
        final CounterBlock block = file.newBlock("late");
        file.close();
        block.increment(Counter.FRAMES_RECEIVED);
        assertThat(block.get(Counter.FRAMES_RECEIVED)).isEqualTo(1);
    }

    @Test
    void shouldHaveTheDocumentedLayout() throws IOException {
        final Path path = directory.resolve("counters");
        try (CountersFile file = CountersFile.create(path)) {
            file.newBlock("only").set(Counter.BYTES_RECEIVED, 0x1122334455L);
            file.note("port 0", "rx", 77);
            file.listeners().open("shard-0", "*:80").increment(ListenerCounter.SYNS);

            final ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(new String(bytes.array(), 0, 8, StandardCharsets.US_ASCII))
                    .isEqualTo("MILLRACE");
            assertThat(bytes.getInt(8)).isEqualTo(3);
            assertThat(bytes.getInt(12)).isEqualTo(Counter.COUNT);
            assertThat(bytes.getInt(16)).isEqualTo(1);
            assertThat(bytes.getInt(24) % 4096).isZero();
            assertThat(new String(bytes.array(), bytes.getInt(24), 5, StandardCharsets.US_ASCII))
                    .isEqualTo("only\0");
            assertThat(bytes.getLong(bytes.getInt(24) + 128 + 8)).isEqualTo(0x1122334455L);
            assertThat(bytes.getInt(60)).isEqualTo(1);
            assertThat(bytes.getInt(68)).isEqualTo(256);
            assertThat(bytes.getInt(72)).isEqualTo(ListenerCounter.COUNT);
            final int row = bytes.getInt(64);
            assertThat(bytes.getLong(row)).isNotZero();
            assertThat(new String(bytes.array(), row + 8, 14, StandardCharsets.US_ASCII))
                    .isEqualTo("shard-0\t*:80\0\0");
            assertThat(bytes.getLong(row + 128 + 8 * ListenerCounter.SYNS.ordinal()))
                    .isEqualTo(1);
            assertThat(bytes.getInt(36)).isEqualTo(1);
            assertThat(bytes.getLong(bytes.getInt(56))).isEqualTo(77);
            assertThat(new String(bytes.array(), bytes.getInt(56) + 8, 10, StandardCharsets.US_ASCII))
                    .isEqualTo("port 0\trx\0");
        }
    }

    @Test
    void shouldTakeThePlaceOfAnOldFile() throws IOException {
        final Path path = directory.resolve("counters");
        Files.writeString(path, "left by a process that was killed");
        try (CountersFile file = CountersFile.create(path);
                CountersReader reader = CountersReader.open(path)) {
            assertThat(reader.blockNames()).isEmpty();
            assertThat(reader.path()).isEqualTo(file.path());
        }
    }

    @Test
    void shouldTellTheFilesOfRunningProcessesFromThoseOfDeadOnesAndRemoveThem() throws Exception {
        final CountersDirectory counters = new CountersDirectory(directory);
        final Process process = new ProcessBuilder("true").start();
        process.waitFor();
        final long own = ProcessHandle.current().pid();
        try (CountersFile file = CountersFile.create(counters.fileOf(own))) {
            write(counters.fileOf(process.pid()), file.path(), process.pid(), System.currentTimeMillis());
            // a number that a process has now, which is younger than the file
            final Path reused = directory.resolve("millrace-1234");
            write(reused, file.path(), own, 1_000);
            Files.writeString(directory.resolve("millrace-99"), "no counters");

            assertThat(counters.list())
                    .extracting(CountersDirectory.Entry::file, CountersDirectory.Entry::running)
                    .containsExactlyInAnyOrder(
                            tuple(file.path(), true),
                            tuple(counters.fileOf(process.pid()), false),
                            tuple(reused, false));
            assertThat(counters.removeStale()).isEqualTo(2);
            assertThat(counters.list())
                    .extracting(CountersDirectory.Entry::processId)
                    .containsExactly(own);
        }
    }

    private static void write(final Path to, final Path like, final long processId, final long start)
            throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(like)).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(to, bytes.putLong(40, processId).putLong(48, start).array());
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws IOException {
        final Path path = directory.resolve("text");
        Files.writeString(path, "x".repeat(100));
        assertThatThrownBy(() -> CountersReader.open(path))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("text");
        assertThatThrownBy(() -> CountersReader.open(directory.resolve("none"))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> CountersFile.create(Path.of("/nonexistent/counters")))
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
