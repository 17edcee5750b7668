package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tcp.TcpListenerStats;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The accept queue: its bound, what waits in it, and what becomes of those who find it full. */
@Tag("H9")
class AcceptQueueTest extends ConversationTest {
    /** Peer 40000 is half open; 40001 is open and waits: the queue is full. */
    private static final String FULL = """
            listen 7 echo backlog 1 manual drop-newest
            peer 40001
            > S seq 0 <mss 1460>
            < SA seq 0 ack 1
            > A
            waiting 1
            no event
            """;

    @Test
    void shouldHoldAConnectionAndItsTextUntilItIsAccepted() {
        run(FULL + """
                > PA text 5
                +40ms < A seq 1 ack 6
                no event
                accept 7
                event open
                event data 5
                < PA seq 1 ack 6 text 5
                waiting 0
                """);
    }

    @Test
    void shouldDropSynsWhileItIsFullAndAnswerThemLater() {
        run(FULL + """
                peer 40002
                > S seq 0 <mss 1460>
                silence
                count LISTEN_OVERFLOWS 1
                count LISTEN_DROPS 1
                half-open 0
                accept 7
                event open
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                """);
    }

    @Test
    void shouldCompleteLaterWhereTheQueueIsFullAtTheThirdAck() {
        run("""
                listen 7 echo backlog 2 manual
                peer 40001
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                peer 40002
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                peer 40001
                > A
                peer 40003
                waiting 2
                > S seq 0 <mss 1460>
                silence
                accept 7 2
                event open
                event open
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                peer 40004
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                peer 40005
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                waiting 2
                peer 40003
                > A                                    # the queue is full: not taken
                count LISTEN_OVERFLOWS 2
                half-open 1
                +1000ms < SA seq 0 ack 1               # so the SYN-ACK is sent again
                accept 7 2
                event open
                event open
                > A
                half-open 0
                accept 7
                event open
                > PA text 5
                < PA seq 1 ack 6 text 5
                """);
    }

    @Test
    @Tag("H8")
    void shouldCompleteByDataWhereTheLastAckFoundTheQueueFullAndThereIsRoomNow() {
        run("""
                listen 7 echo backlog 2 manual
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                peer 40001
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                peer 40002
                > S seq 0 <mss 1460>            # one place is left, and two are half open
                < SA seq 0 ack 1 <mss 1460>
                > A
                waiting 2
                peer 40000
                > A
                silence
                count LISTEN_OVERFLOWS 1
                accept 7 2
                event open
                event open
                > PA text 5
                accept 7
                event open
                event data 5
                < PA seq 1 ack 6 text 5
                half-open 0
                connections 3
                """);
    }

    @Test
    @Tag("H5")
    void shouldGiveUpAHandshakeThatIsHeldForEverAndLeakNothing() {
        run("""
                listen 7 echo backlog 1 manual
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                peer 40001
                > S seq 0 <mss 1460>            # by cookie: the queue of half-open ones is full too
                < SA seq 0 ack 1
                > A
                waiting 1
                peer 40000
                > A
                +1000ms < SA seq 0 ack 1
                > A
                +2000ms < SA seq 0 ack 1
                +70s
                skip
                half-open 0
                connections 1
                count LISTEN_OVERFLOWS 2
                count SYN_QUEUE_TIMEOUTS 1
                > A
                < R seq 1
                """);
    }

    @Test
    void shouldResetAHandshakeThatFindsTheQueueFullWhereSoConfigured() {
        run("""
                listen 7 echo backlog 1 manual abort-on-overflow
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                peer 40001
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                waiting 1
                peer 40000
                > A
                < R seq 1
                count ACCEPT_OVERFLOW_RESETS 1
                count LISTEN_OVERFLOWS 1
                half-open 0
                connections 1
                silence 10s
                no event
                """);
    }

    @Test
    @Tag("H11")
    void shouldResetACookieThatFindsTheQueueFullWhereSoConfigured() {
        run("""
                listen 7 echo backlog 1 manual abort-on-overflow
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                peer 40001
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                peer 40000
                > A
                waiting 1
                peer 40001
                > A
                < R seq 1
                count ACCEPT_OVERFLOW_RESETS 1
                connections 1
                """);
    }

    @Test
    void shouldTellOfEachListenerByItself() {
        run(FULL + """
                peer 40002
                > S seq 0 <mss 1460>
                silence
                listen 9 echo backlog 5
                peer 40003
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                """);
        assertThat(talk().engine().listeners())
                .containsExactly(
                        new TcpListenerStats(Optional.empty(), 7, 1, 2, 1, 0, 1, 1, 0, 0, 0, 0, 1),
                        new TcpListenerStats(Optional.empty(), 9, 5, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0));
        run("""
                accept 7
                unlisten 9
                """);
        assertThat(talk().engine().listeners())
                .containsExactly(new TcpListenerStats(Optional.empty(), 7, 1, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0));
    }

    @Test
    void shouldHandOnWhatWasResetWhileItWaitedAndNotLeakIt() {
        run(FULL + """
                > PA text 5
                > R
                connections 1
                accept 7
                connections 0
                event open
                event closed RESET
                no event
                """);
    }

    @Test
    void shouldDeliverTextAndEndOfAPeerThatClosedWhileItWaited() {
        run(FULL + """
                > FPA text 5
                < A seq 1 ack 7
                accept 7
                event open
                event data 5
                event end
                < FPA seq 1 ack 7 text 5
                > A
                event closed NORMAL
                connections 0
                """);
    }

    @Test
    void shouldResetThoseWhoWaitWhenTheListenerCloses() {
        run(FULL + """
                unlisten 7
                < RA seq 1 ack 1
                connections 0
                waiting 0
                no event
                """);
    }

    @Test
    @Tag("H5")
    void shouldResetThoseHalfOpenWhenTheListenerHasClosed() {
        run("""
                listen 7 echo
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                unlisten 7
                silence 5s
                half-open 0
                > A
                < R seq 1
                no event
                """);
    }

    @Test
    void shouldListenAgainOnAPortThatWasClosed() {
        run("""
                listen 7 sink
                unlisten 7
                listen 7 echo
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > PA text 5
                < PA seq 1 ack 6 text 5
                """);
    }
}
