package io.millrace.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxTest {
    /** Longer than any test may take. */
    private static final long FOR_EVER = TimeUnit.HOURS.toNanos(1);

    @Test
    void shouldPinTheCallingThreadOnly() throws InterruptedException {
        final SortedSet<Integer> before = CpuAffinity.allowedCpus();
        final AtomicReference<SortedSet<Integer>> pinned = new AtomicReference<>(new TreeSet<>());
        final Thread thread = Thread.ofPlatform().start(() -> {
            CpuAffinity.pin(before.last());
            pinned.set(CpuAffinity.allowedCpus());
        });
        thread.join();
        assertThat(pinned.get()).containsExactly(before.last());
        assertThat(CpuAffinity.allowedCpus()).isEqualTo(before);
    }

    @Test
    void shouldNameTheCpuThatIsNotThere() {
        assertThatThrownBy(() -> CpuAffinity.pin(5000))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("5000")
                .hasMessageContaining("choose from");
        assertThatThrownBy(() -> CpuAffinity.pin(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldMeasureTheCpuTimeOfAnotherThread() {
        final ThreadCpuClock mine = ThreadCpuClock.ofCurrentThread();
        final long before = mine.nanos();
        long spun = 0;
        while (ThreadCpuClock.currentThreadNanos() - before < 2_000_000) {
            spun++;
        }
        final AtomicReference<Long> seen = new AtomicReference<>(0L);
        join(Thread.ofPlatform().start(() -> seen.set(mine.nanos())));
        assertThat(seen.get() - before).isGreaterThanOrEqualTo(2_000_000);
        assertThat(ThreadCpuClock.processNanos()).isGreaterThanOrEqualTo(seen.get());
        assertThat(spun).isPositive();
    }

    @Test
    void shouldTellOfAThreadThatHasEnded() {
        final AtomicReference<ThreadCpuClock> clock = new AtomicReference<>();
        join(Thread.ofPlatform().start(() -> clock.set(ThreadCpuClock.ofCurrentThread())));
        assertThat(clock.get().nanos()).isBetween(-1L, 1_000_000_000L);
    }

    @Test
    void shouldReadHugePagesOfEachSize(@TempDir final Path settings) throws IOException {
        pages(settings, 2048, 512, 100);
        pages(settings, 1048576, 2, 1);
        assertThat(HugePages.read(settings))
                .isEqualTo(List.of(new HugePages(1L << 30, 2, 1), new HugePages(2L << 20, 512, 100)));
        assertThat(HugePages.read(settings.resolve("none"))).isEmpty();
    }

    @Test
    void shouldGiveTheCommandThatReserves() {
        assertThat(HugePages.commandToReserve(1L << 30)).isEqualTo("echo 512 > /proc/sys/vm/nr_hugepages");
        assertThat(HugePages.commandToReserve(1)).isEqualTo("echo 1 > /proc/sys/vm/nr_hugepages");
    }

    private static void pages(final Path settings, final int kilobytes, final int total, final int free)
            throws IOException {
        final Path directory = Files.createDirectory(settings.resolve("hugepages-" + kilobytes + "kB"));
        Files.writeString(directory.resolve("nr_hugepages"), total + "\n");
        Files.writeString(directory.resolve("free_hugepages"), free + "\n");
    }

    private static void join(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldSetTheTimerSlackOfTheCallingThreadOnly() throws InterruptedException {
        final long before = TimerSlack.get();
        final AtomicLong set = new AtomicLong();
        final Thread thread = Thread.ofPlatform().start(() -> {
            TimerSlack.set(1_000);
            set.set(TimerSlack.get());
        });
        thread.join();
        assertThat(set).hasValue(1_000);
        assertThat(TimerSlack.get()).isEqualTo(before);
        assertThatThrownBy(() -> TimerSlack.set(0)).hasMessageContaining("at least 1");
    }

    @Test
    void shouldEndTheNextWaitForAWakeThatCameBeforeIt() {
        try (WaitSet set = new WaitSet(1)) {
            assertThat(set.await(1)).isFalse();
            set.wake();
            set.wake();
            assertThat(set.await(FOR_EVER)).isTrue();
            set.forgetWake();
            assertThat(set.await(1)).isFalse();
        }
    }

    @Test
    void shouldWaitForTheDescriptorsThatAreInTheSet() {
        final CLibrary library = CLibrary.get();
        final int first = library.eventfd(1, 0); // a count above 0 makes it readable
        final int second = library.eventfd(1, 0);
        try (WaitSet set = new WaitSet(2)) {
            set.add(first);
            set.add(second);
            assertThatThrownBy(() -> set.add(0)).hasMessageContaining("more than 2");
            set.remove(first);
            assertThat(set.await(FOR_EVER)).isTrue();
            set.remove(second);
            assertThat(set.await(1)).isFalse();
        }
        assertThat(library.close(first)).isZero();
        assertThat(library.close(second)).isZero();
        assertThat(library.close(second)).isEqualTo(-9); // EBADF
    }
}
