package io.millrace.tcp.table;

import static io.millrace.tcp.table.AcceptQueue.NONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.tcp.AllocatedBytes;
import io.millrace.tcp.Seed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("H9")
class AcceptQueueTest {
    @Test
    void shouldRefuseBeyondItsBoundAndTakeAgainAfterAPoll() {
        final AcceptQueue queue = new AcceptQueue(2);
        assertThat(queue.offer(10)).isTrue();
        assertThat(queue.isFull()).isFalse();
        assertThat(queue.offer(11)).isTrue();
        assertThat(queue.isFull()).isTrue();
        assertThat(queue.offer(12)).isFalse();
        assertThat(queue.poll()).isEqualTo(10);
        assertThat(queue.offer(12)).isTrue();
        assertThat(queue.poll()).isEqualTo(11);
        assertThat(queue.poll()).isEqualTo(12);
        assertThat(queue.poll()).isEqualTo(NONE);
        assertThat(queue.peak()).isEqualTo(2);
    }

    @Test
    void shouldTakeNothingWithABoundOfZero() {
        final AcceptQueue queue = new AcceptQueue(0);
        assertThat(queue.offer(1)).isFalse();
        assertThat(queue.poll()).isEqualTo(NONE);
    }

    @Test
    void shouldRejectANegativeBound() {
        assertThatThrownBy(() -> new AcceptQueue(-1)).hasMessageContaining("bound -1");
    }

    @Test
    void shouldKeepTheOrderUnderRandomUse() {
        final SplittableRandom random = Seed.random();
        for (final int bound : new int[] {1, 2, 3, 100}) {
            final AcceptQueue queue = new AcceptQueue(bound);
            final Deque<Integer> oracle = new ArrayDeque<>();
            for (int i = 0; i < 20_000; i++) {
                if (random.nextInt(100) < (i / 200 % 2 == 0 ? 60 : 40)) {
                    assertThat(queue.offer(i)).isEqualTo(oracle.size() < bound);
                    if (oracle.size() < bound) {
                        oracle.add(i);
                    }
                } else {
                    assertThat(queue.poll()).isEqualTo(oracle.isEmpty() ? NONE : oracle.remove());
                }
                assertThat(queue.size()).isEqualTo(oracle.size());
            }
        }
    }

    @Test
    void shouldKeepTheOrderAndWhatWaitsWhileTheBoundChanges() {
        final SplittableRandom random = Seed.random();
        final AcceptQueue queue = new AcceptQueue(3);
        final Deque<Integer> oracle = new ArrayDeque<>();
        int bound = 3;
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(50) == 0) {
                bound = random.nextInt(20);
                queue.bound(bound);
            }
            if (random.nextInt(100) < 55) {
                assertThat(queue.offer(i)).isEqualTo(oracle.size() < bound);
                if (oracle.size() < bound) {
                    oracle.add(i);
                }
            } else {
                assertThat(queue.poll()).isEqualTo(oracle.isEmpty() ? NONE : oracle.remove());
            }
            assertThat(queue.size()).isEqualTo(oracle.size());
            assertThat(queue.isFull()).isEqualTo(oracle.size() >= bound);
        }
    }

    @Test
    void shouldNotAllocate() {
        final AcceptQueue queue = new AcceptQueue(10);
        assertThat(AllocatedBytes.of(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        if (!queue.offer(i)) {
                            queue.poll();
                        }
                    }
                }))
                .isZero();
    }
}
