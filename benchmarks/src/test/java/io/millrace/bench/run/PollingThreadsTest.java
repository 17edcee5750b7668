package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The polling threads, to the kernel")
class PollingThreadsTest {
    @TempDir
    private Path tasks;

    @Test
    void shouldSumWhatTheyWaitedForTheirCores() throws IOException {
        task("1", "java", "1 1000 1", 100);
        task("2", "shard-0", "900 20 5", 3);
        task("3", "io-1", "900 4 5", 2);

        final PollingThreads threads = PollingThreads.find(tasks);

        assertThat(threads.count()).isEqualTo(2);
        assertThat(threads.read()).isEqualTo(new PollingThreads.Account(24, 5));
    }

    @Test
    void shouldCountNothingForAThreadThatHasEnded() throws IOException {
        task("2", "shard-0", "900 20 5", 3);
        final PollingThreads threads = PollingThreads.find(tasks);
        for (final String name : new String[] {"comm", "schedstat", "status"}) {
            Files.delete(tasks.resolve("2").resolve(name));
        }

        assertThat(threads.read()).isEqualTo(new PollingThreads.Account(0, 0));
    }

    @Test
    void shouldBeFoundByTheNamesThatJavaGivesThem() throws InterruptedException {
        final CountDownLatch running = new CountDownLatch(1);
        final CountDownLatch over = new CountDownLatch(1);
        final Thread thread = Thread.ofPlatform().name("shard-0").start(() -> {
            running.countDown();
            try {
                over.await();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        running.await();

        assertThat(PollingThreads.find().count()).isEqualTo(1);

        over.countDown();
        thread.join();
    }

    private void task(final String id, final String name, final String schedule, final int switches)
            throws IOException {
        final Path folder = Files.createDirectory(tasks.resolve(id));
        Files.writeString(folder.resolve("comm"), name + "\n");
        Files.writeString(folder.resolve("schedstat"), schedule + "\n");
        Files.writeString(
                folder.resolve("status"),
                "Name:\t" + name + "\nvoluntary_ctxt_switches:\t77\nnonvoluntary_ctxt_switches:\t" + switches + "\n");
    }
}
