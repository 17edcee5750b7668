package io.millrace.dataplane.ring;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.FrameBatch;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameRingTest {
    private final FrameRing ring = new FrameRing("test", 1000);

    @AfterEach
    void closeRing() {
        ring.close();
    }

    @Test
    void shouldCarryMbufHashAndMetaInOrder() {
        assertThat(ring.offer(batch(1, 70), 0)).isEqualTo(70);

        final FrameBatch out = new FrameBatch(128);
        assertThat(ring.drain(out)).isEqualTo(70);
        for (int i = 0; i < 70; i++) {
            assertThat(out.mbuf(i)).isEqualTo(1 + i);
            assertThat(out.hash(i)).isEqualTo(31 * (1 + i));
            assertThat(out.meta(i)).isEqualTo(i + 8);
        }
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void shouldTakeTheFramesFromAnIndexOn() {
        assertThat(ring.offer(batch(1, 5), 3)).isEqualTo(2);

        final FrameBatch out = new FrameBatch(32);
        ring.drain(out);
        assertThat(out.mbuf(0)).isEqualTo(4);
    }

    @Test
    void shouldHoldAtLeastWhatWasAskedForEvenWhenEachFrameTravelsAlone() {
        int held = 0;
        while (ring.offer(batch(held, 1), 0) == 1) {
            held++;
        }
        assertThat(held).isBetween(1000, ring.maxFrames());
    }

    @Test
    void shouldLeaveInTheRingWhatDoesNotFitTheBatch() {
        ring.offer(batch(0, 96), 0);

        final FrameBatch out = new FrameBatch(40);
        assertThat(ring.drain(out)).isEqualTo(32);
        out.clear();
        assertThat(ring.drain(out)).isEqualTo(32);
        assertThat(out.mbuf(0)).isEqualTo(32);
    }

    @Test
    void shouldNotLookEmptyWhereABatchBeginsAnewAtTheStartOfTheBuffer() {
        final FrameBatch out = new FrameBatch(64);
        for (int i = 0; i < 10_000; i++) {
            final int frames = 1 + i % 5;
            ring.offer(batch(i, frames), 0);
            assertThat(ring.drain(out)).as("drain %d", i).isEqualTo(frames);
            out.clear();
        }
    }

    @Test
    void shouldKeepOrderAndLoseNothingBetweenTwoThreads() throws InterruptedException {
        final long seed = new Random().nextLong();
        System.out.println("FrameRingTest seed " + seed);
        final int frames = 2_000_000;
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        final Thread consumer = new Thread(() -> {
            final FrameBatch out = new FrameBatch(64);
            long expected = 0;
            while (expected < frames) {
                out.clear();
                ring.drain(out);
                for (int i = 0; i < out.size(); i++) {
                    if (out.mbuf(i) != expected++) {
                        throw new AssertionError("frame " + out.mbuf(i) + " instead of " + (expected - 1));
                    }
                }
                if (out.isEmpty()) {
                    Thread.yield();
                }
            }
        });
        consumer.setUncaughtExceptionHandler((t, e) -> failure.set(e));
        consumer.start();

        final Random random = new Random(seed);
        long next = 0;
        while (next < frames && failure.get() == null) {
            final FrameBatch batch = batch(next, (int) Math.min(1 + random.nextInt(80), frames - next));
            int sent = 0;
            while (sent < batch.size() && failure.get() == null) {
                final int accepted = ring.offer(batch, sent);
                sent += accepted;
                if (accepted == 0) {
                    Thread.yield();
                }
            }
            next += sent;
        }
        consumer.join();
        assertThat(failure.get()).isNull();
    }

    @Test
    void shouldAllocateNothing() {
        final FrameBatch in = batch(0, 50);
        final FrameBatch out = new FrameBatch(64);

        assertThat(Allocations.bytesPer50Thousand(() -> {
                    ring.offer(in, 0);
                    out.clear();
                    ring.drain(out);
                }))
                .isZero();
    }

    private static FrameBatch batch(final long first, final int count) {
        final FrameBatch batch = new FrameBatch(Math.max(count, 1));
        for (int i = 0; i < count; i++) {
            batch.add(first + i, (int) (31 * (first + i)), i + 8);
        }
        return batch;
    }
}
