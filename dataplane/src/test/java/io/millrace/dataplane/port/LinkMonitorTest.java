package io.millrace.dataplane.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dpdk.LinkStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkMonitorTest {
    private static final LinkStatus UP = new LinkStatus(true, 10_000, true);
    private static final LinkStatus DOWN = new LinkStatus(false, -1, true);

    @Test
    void shouldTellOfEachChangeOnce() {
        final Deque<LinkStatus> states = new ArrayDeque<>(List.of(UP, UP, DOWN, DOWN, UP));
        final List<LinkStatus> told = new ArrayList<>();
        final LinkMonitor monitor = new LinkMonitor(states::remove, told::add);
        assertThat(monitor.poll()).isFalse();
        assertThat(monitor.poll()).isTrue();
        assertThat(monitor.poll()).isFalse();
        assertThat(monitor.poll()).isTrue();
        assertThat(told).containsExactly(DOWN, UP);
        assertThat(monitor.changes()).isEqualTo(2);
        assertThat(monitor.last()).isEqualTo(UP);
    }
}
