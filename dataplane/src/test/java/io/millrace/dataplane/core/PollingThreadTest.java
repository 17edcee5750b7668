package io.millrace.dataplane.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.linux.CpuAffinity;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntSupplier;
import org.agrona.concurrent.Agent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PollingThreadTest {
    private final CounterBlock counters = CounterBlock.allocate("test");

    @ParameterizedTest
    @EnumSource(IdleMode.class)
    void shouldRunTheAgentOnTheCpuItIsGivenAndCountItsDutyCycle(final IdleMode mode) {
        final int cpu = CpuAffinity.allowedCpus().first();
        final CompletableFuture<SortedSet<Integer>> cpus = new CompletableFuture<>();
        final CompletableFuture<String> name = new CompletableFuture<>();
        final PollingThread thread = PollingThread.start(
                agent(() -> {
                    cpus.complete(CpuAffinity.allowedCpus());
                    name.complete(Thread.currentThread().getName());
                    return 1;
                }),
                OptionalInt.of(cpu),
                Idling.of(mode, counters),
                counters);
        assertThat(cpus.join()).containsExactly(cpu);
        assertThat(name.join()).isEqualTo("test-agent");
        thread.close();

        assertThat(counters.get(Counter.DUTY_CYCLES)).isPositive();
        assertThat(thread.isClosed()).isTrue();
        assertThat(thread.failure()).isEmpty();
    }

    @Test
    void shouldEndAnAgentThatFailsAndTellWhy() throws InterruptedException {
        final IllegalStateException failure = new IllegalStateException("expected by the test");
        final CountDownLatch closed = new CountDownLatch(1);
        final PollingThread thread = PollingThread.start(
                new Agent() {
                    @Override
                    public int doWork() {
                        throw failure;
                    }

                    @Override
                    public void onClose() {
                        closed.countDown();
                    }

                    @Override
                    public String roleName() {
                        return "failing-agent";
                    }
                },
                OptionalInt.empty(),
                Idling.of(IdleMode.YIELD, counters),
                counters);
        closed.await();
        thread.close();

        assertThat(thread.failure()).containsSame(failure);
    }

    @Test
    void shouldRefuseACpuThatIsNotOurs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PollingThread.start(
                        agent(() -> 0), OptionalInt.of(8000), Idling.of(IdleMode.ADAPTIVE, counters), counters))
                .withMessageContaining("8000");
    }

    private static Agent agent(final IntSupplier work) {
        return new Agent() {
            @Override
            public int doWork() {
                return work.getAsInt();
            }

            @Override
            public String roleName() {
                return "test-agent";
            }
        };
    }
}
