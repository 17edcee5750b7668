package io.millrace.bench.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A recording of a node")
class NodeRecordingTest {
    private static final long CPU_NANOS = 300_000_000;

    private final AtomicLong sink = new AtomicLong();

    /** A thread of this name that takes some CPU time. */
    private Thread spin(final String name) {
        return Thread.ofPlatform().name(name).start(() -> {
            while (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() < CPU_NANOS) {
                for (int i = 0; i < 10_000; i++) {
                    sink.addAndGet(i);
                }
            }
        });
    }

    private static Profile read(final ProfileFolder recordings, final Set<Long> threads, final Instant from)
            throws IOException {
        return Profile.read(
                recordings,
                List.of(new Profile.Node("server", threads, 0.75), new Profile.Node("generator", Set.of(), 0)),
                from,
                Instant.now(),
                Map.of("connections_per_second", 1000.0),
                0.98,
                false,
                Optional.empty());
    }

    @Test
    void shouldTellWhereThePollingThreadsOfTheMeasuredTimeWere() throws IOException, InterruptedException {
        final Instant before = Instant.now();
        try (ProfileFolder recordings = ProfileFolder.create()) {
            final Path file = ProfileFolder.file(recordings.path(), "server");
            final Thread polling;
            try (NodeRecording recording = NodeRecording.to(Optional.of(file))) {
                recording.begin();
                polling = spin("shard-0");
                final Thread other = spin("shard-1");
                polling.join();
                other.join();
            }

            final Profile profile = read(recordings, Set.of(polling.threadId()), before);

            assertThat(profile.missing()).isEmpty();
            assertThat(profile.recordings()).containsOnlyKeys("server.jfr");
            final ThreadProfile thread = profile.threads().getFirst();
            assertThat(profile.threads()).hasSize(1);
            assertThat(thread.node()).isEqualTo("server");
            assertThat(thread.role()).isEqualTo("shard");
            assertThat(thread.threads()).as("the other one is none of ours").isEqualTo(1);
            assertThat(thread.samples()).isPositive();
            assertThat(thread.cpuSeconds()).isPositive().isLessThan(10);
            assertThat(thread.rooms().values().stream()
                            .mapToDouble(Double::doubleValue)
                            .sum())
                    .isCloseTo(1, within(1e-9));
            assertThat(thread.rooms().get(Room.APPLICATION)).as("this test").isPositive();
            assertThat(thread.methods()).anyMatch(method -> method.name().startsWith("NodeRecordingTest."));
            assertThat(profile.lines())
                    .hasSize(2)
                    .anyMatch(line -> line.startsWith("server: ") && line.endsWith("; 75.0% busy"))
                    .anyMatch(line -> line.contains("98.0% of the median"));

            final Profile later = read(recordings, Set.of(polling.threadId()), Instant.now());
            assertThat(later.threads()).as("before measuring began").isEmpty();
            assertThat(later.missing()).isPresent();
        }
    }

    @Test
    void shouldBeNoneWhereNoneIsWantedOrMeasuringNeverBegan() throws IOException {
        try (ProfileFolder recordings = ProfileFolder.create()) {
            final Path file = ProfileFolder.file(recordings.path(), "server");
            try (NodeRecording recording = NodeRecording.to(Optional.of(file))) {
                assertThat(recording).isNotNull();
            }
            try (NodeRecording recording = NodeRecording.to(Optional.empty())) {
                recording.begin();
            }
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void shouldLeaveAFolderThatIsRemovedWithAllThatIsInIt() throws IOException {
        final Path path;
        try (ProfileFolder recordings = ProfileFolder.create()) {
            path = recordings.path();
            Files.createDirectories(path.resolve("repository").resolve("2026"));
            Files.writeString(path.resolve("repository").resolve("chunk.jfr"), "half a chunk");
        }
        assertThat(path).doesNotExist();
    }
}
