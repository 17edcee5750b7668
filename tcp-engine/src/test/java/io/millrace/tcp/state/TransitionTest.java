package io.millrace.tcp.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.memory.MemoryRegion;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbLayout;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** RFC 9293 §3.3.2, figure 5: every arrow is counted, and there are no others. */
@Tag("H1")
class TransitionTest {
    /** What RFC 4022 has of tcpCurrEstab. */
    private static final Set<TcpState> CURRENT = Set.of(TcpState.ESTABLISHED, TcpState.CLOSE_WAIT);

    private static final Set<TcpState> ATTEMPTS = Set.of(TcpState.SYN_SENT, TcpState.SYN_RCVD);

    private final MemoryRegion memory = MemoryRegion.allocate("test", TcbLayout.LENGTH);

    @Test
    void shouldCountEveryLegalChangeOnceAndRefuseEveryOther() {
        final Tcb tcb = new Tcb().wrap(0, memory.address());
        int legal = 0;
        for (final TcpState from : TcpState.values()) {
            for (final TcpState to : TcpState.values()) {
                final CounterBlock counters = CounterBlock.allocate("test");
                tcb.state(from);
                if (Transition.isLegal(from, to)) {
                    new Transition(counters).to(tcb, to);
                    legal++;
                    assertThat(tcb.state()).isEqualTo(to);
                    assertThat(changed(counters)).as("%s to %s", from, to).isEqualTo(expected(from, to));
                } else {
                    assertThatIllegalStateException()
                            .isThrownBy(() -> new Transition(counters).to(tcb, to))
                            .withMessage(from + " does not go to " + to);
                    assertThat(tcb.state()).isEqualTo(from);
                    assertThat(changed(counters)).isEmpty();
                }
            }
        }
        assertThat(legal).as("the arrows of the figure, and those to CLOSED").isGreaterThan(20);
        memory.close();
    }

    private static Map<Counter, Long> changed(final CounterBlock counters) {
        final Map<Counter, Long> changed = new EnumMap<>(Counter.class);
        for (final Counter counter : Counter.values()) {
            if (counters.get(counter) != 0) {
                changed.put(counter, counters.get(counter));
            }
        }
        return changed;
    }

    private static Map<Counter, Long> expected(final TcpState from, final TcpState to) {
        final Map<Counter, Long> expected = new EnumMap<>(Counter.class);
        if (to == TcpState.TIME_WAIT) {
            expected.put(Counter.TIME_WAIT_ENTERED, 1L);
        } else if (to != TcpState.CLOSED || from != TcpState.TIME_WAIT) {
            expected.put(Counter.valueOf("STATE_" + to), 1L);
        }
        final long current = (CURRENT.contains(to) ? 1 : 0) - (CURRENT.contains(from) ? 1 : 0);
        if (current != 0) {
            expected.put(Counter.TCP_CURRENT_ESTABLISHED, current);
        }
        if (to == TcpState.CLOSED && CURRENT.contains(from)) {
            expected.put(Counter.TCP_ESTABLISHED_RESETS, 1L);
        }
        if (to == TcpState.CLOSED && ATTEMPTS.contains(from)) {
            expected.put(Counter.TCP_ATTEMPT_FAILS, 1L);
        }
        return expected;
    }
}
