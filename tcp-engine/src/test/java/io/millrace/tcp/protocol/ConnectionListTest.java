package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tcp.TcpConnectionFilter;
import io.millrace.tcp.TcpConnectionInfo;
import io.millrace.tcp.TcpConnectionInfo.Timer;
import io.millrace.tcp.TcpConnectionPage;
import io.millrace.tcp.TcpState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a shard tells of its connections, page by page. */
@Tag("H1")
class ConnectionListTest extends ConversationTest {
    /** One in each of five states: the peer's ports 40000 to 40003, and 80. */
    private static final String FIVE = """
            listen 9 close
            > S seq 0 <mss 1460, TS val 100 ecr 0>
            < SA seq 0 ack 1
            > A
            < FA seq 1
            > FA ack 2
            < A
            listen 7 hold
            peer 40001
            > S seq 0 <mss 1460, sackOK, wscale 3>
            < SA seq 0 ack 1
            peer 40002
            > S seq 0 <mss 1460, sackOK, TS val 100 ecr 0, wscale 7>
            < SA seq 0 ack 1
            > A
            > PA text 5
            app write 300
            skip
            peer 40003
            > S seq 0 <mss 1000>
            < SA seq 0 ack 1
            > A
            > FA
            < A
            connect 80
            < S seq 0
            +100ms
            """;

    private List<TcpConnectionInfo> all(final TcpConnectionFilter filter) {
        final List<TcpConnectionInfo> found = new ArrayList<>();
        long next = 0;
        while (next != TcpConnectionPage.END) {
            final TcpConnectionPage page = talk().loop().connections(filter, next);
            assertThat(page.connections()).hasSizeLessThanOrEqualTo(128);
            found.addAll(page.connections());
            next = page.next();
        }
        return found;
    }

    private TcpConnectionInfo only(final TcpState state) {
        final List<TcpConnectionInfo> found = all(new TcpConnectionFilter(Set.of(state), 0, 0));
        assertThat(found).hasSize(1);
        assertThat(found.getFirst().state()).isEqualTo(state);
        assertThat(found.getFirst().local()).isEqualTo(family.engine);
        assertThat(found.getFirst().remote()).isEqualTo(family.peer);
        return found.getFirst();
    }

    @Test
    void shouldTellOfEveryConnectionWhateverTableItIsIn() {
        run(FIVE);
        assertThat(all(TcpConnectionFilter.all())).hasSize(5);
        final TcpConnectionInfo open = only(TcpState.ESTABLISHED);
        assertThat(open.localPort()).isEqualTo(7);
        assertThat(open.remotePort()).isEqualTo(40_002);
        assertThat(open.receiveQueue()).as("text that nobody took").isEqualTo(5);
        assertThat(open.sendQueue()).as("text that is not acknowledged").isEqualTo(300);
        assertThat(open.timer()).isEqualTo(Timer.RETRANSMISSION);
        assertThat(open.timerMs()).isBetween(1, 1_000);
        assertThat(open.sendShift()).isEqualTo(7);
        assertThat(open.timestamps()).isTrue();
        assertThat(open.sack()).isTrue();
        assertThat(open.maxSegment()).isEqualTo(1_460);
        assertThat(open.congestionWindow()).isGreaterThanOrEqualTo(1_448);

        final TcpConnectionInfo halfOpen = only(TcpState.SYN_RCVD);
        assertThat(halfOpen.remotePort()).isEqualTo(40_001);
        assertThat(halfOpen.timer()).isEqualTo(Timer.RETRANSMISSION);
        assertThat(halfOpen.timerMs()).isBetween(890, 900);
        assertThat(halfOpen.timestamps()).isFalse();
        assertThat(halfOpen.sack()).isTrue();

        final TcpConnectionInfo waiting = only(TcpState.TIME_WAIT);
        assertThat(waiting.localPort()).isEqualTo(9);
        assertThat(waiting.remotePort()).isEqualTo(40_000);
        assertThat(waiting.timer()).isEqualTo(Timer.END);
        assertThat(waiting.timerMs()).isBetween(59_890, 59_900);
        assertThat(waiting.timestamps()).isTrue();

        final TcpConnectionInfo opening = only(TcpState.SYN_SENT);
        assertThat(opening.remotePort()).isEqualTo(80);
        assertThat(opening.sendQueue()).as("the SYN").isEqualTo(1);

        final TcpConnectionInfo closing = only(TcpState.CLOSE_WAIT);
        assertThat(closing.sendShift()).as("windows are not scaled").isNegative();
        assertThat(closing.timer()).isEqualTo(Timer.NONE);
        assertThat(closing.maxSegment()).isEqualTo(1_000);
    }

    @Test
    void shouldFilterByPortsAndStates() {
        run(FIVE);
        final Set<TcpState> any = TcpConnectionFilter.all().states();
        assertThat(all(new TcpConnectionFilter(any, 7, 0))).hasSize(3);
        assertThat(all(new TcpConnectionFilter(any, 0, 40_002))).hasSize(1);
        assertThat(all(new TcpConnectionFilter(any, 9, 40_002))).isEmpty();
        assertThat(all(new TcpConnectionFilter(Set.of(TcpState.ESTABLISHED, TcpState.TIME_WAIT), 0, 0)))
                .hasSize(2);
        assertThat(all(new TcpConnectionFilter(Set.of(TcpState.CLOSED), 0, 0))).isEmpty();
    }

    @Test
    void shouldTellOfManyInPagesEachConnectionOnce() {
        talk(config -> config.synQueueCapacity(1_000)).run("listen 7 close backlog 1000");
        for (int i = 0; i < 900; i++) {
            talk().peer(20_000 + i).run("""
                    > S seq 0 <mss 1460>
                    < SA seq 0 ack 1
                    """);
            if (i % 3 == 0) {
                run("> A\n< FA seq 1\n> FA ack 2\n< A");
            } else if (i % 3 == 1) {
                run("> A\n< FA seq 1\n");
            }
            talk().forget();
        }
        final List<TcpConnectionInfo> found = all(TcpConnectionFilter.all());
        final Set<Integer> ports = new HashSet<>();
        found.forEach(info -> assertThat(ports.add(info.remotePort())).isTrue());
        assertThat(ports).hasSize(900);
        assertThat(found.stream().filter(info -> info.state() == TcpState.TIME_WAIT))
                .hasSize(300);
        assertThat(found.stream().filter(info -> info.state() == TcpState.SYN_RCVD))
                .hasSize(300);
        assertThat(found.stream().filter(info -> info.state() == TcpState.FIN_WAIT_1))
                .hasSize(300);
    }

    @Test
    void shouldAnswerAPlaceThatIsNoneWithTheEnd() {
        run(FIVE);
        for (final long nowhere : new long[] {-2, Long.MIN_VALUE, Long.MAX_VALUE, 4L << 32, 1L << 31}) {
            final TcpConnectionPage page = talk().loop().connections(TcpConnectionFilter.all(), nowhere);
            assertThat(page.connections()).hasSizeLessThanOrEqualTo(5);
        }
    }
}
