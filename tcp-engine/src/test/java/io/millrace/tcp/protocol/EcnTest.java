package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Explicit congestion notification, RFC 3168 §6.1. */
class EcnTest extends ConversationTest {
    private static final String OPEN = """
            listen 7 sink
            > SEW seq 0 <mss 1000>
            < SAE seq 0 ack 1 ecn 0
            > A
            event open
            """;

    private void on(final String script) {
        talk(config -> config.ecn(true)).run(script);
    }

    @Test
    @Tag("H16")
    void shouldNotAgreeOnEcnUnlessItIsToldTo() {
        run("""
                listen 7 sink
                > SEW seq 0 <mss 1000>
                < SA seq 0 ack 1 ecn 0
                > A
                event open
                app write 10
                < PA text 10 ecn 0
                > A ack 11 text 10 ecn 3
                +40ms < A ack 11
                connect 80
                < S seq 0
                """);
    }

    @Test
    @Tag("H16")
    void shouldAgreeOnEcnWithAPeerThatOffersIt() {
        on(OPEN + """
                count ECN_CONNECTIONS 1
                app write 10
                < PA text 10 ecn 2
                """);
    }

    @Test
    @Tag("H16")
    void shouldNotAgreeWithAPeerThatDoesNotOfferIt() {
        for (final String syn : new String[] {"S", "SE", "SW"}) {
            on("""
                    listen 7 sink
                    > SYN seq 0 <mss 1000>
                    < SA seq 0 ack 1
                    > A
                    event open
                    app write 10
                    < PA text 10 ecn 0
                    """.replace("SYN", syn));
        }
    }

    @Test
    @Tag("H16")
    void shouldOfferEcnInItsSyn() {
        on("""
                connect 80
                < SEW seq 0 ecn 0
                > SAE seq 0 ack 1 <mss 1000>
                < A ecn 0
                event open
                app write 10
                < PA text 10 ecn 2
                """);
    }

    @Test
    @Tag("H16")
    void shouldDoWithoutEcnWhereThePeerDoesNotAgreeOrReflectsTheOffer() {
        for (final String synAck : new String[] {"SA", "SAEW", "SAW"}) {
            on("""
                    connect 80
                    < SEW seq 0
                    > SYNACK seq 0 ack 1 <mss 1000>
                    < A
                    event open
                    app write 10
                    < PA text 10 ecn 0
                    count ECN_CONNECTIONS 0
                    """.replace("SYNACK", synAck));
        }
    }

    @Test
    @Tag("H16")
    void shouldTryAgainWithoutEcnWhereItsSynIsNotAnswered() {
        on("""
                connect 80
                < SEW seq 0
                +1s < S seq 0
                > SAE seq 0 ack 1 <mss 1000>     # to the first of them
                < A
                event open
                app write 10
                < PA text 10 ecn 0
                """);
    }

    @Test
    @Tag("H16")
    void shouldFollowAPeerThatTriesAgainWithoutEcn() {
        on("""
                listen 7 sink
                > SEW seq 0 <mss 1000>
                < SAE seq 0 ack 1
                > S seq 0 <mss 1000>
                < SA seq 0 ack 1
                > A
                event open
                app write 10
                < PA text 10 ecn 0
                """);
    }

    @Test
    @Tag("H16")
    @Tag("H4")
    void shouldAgreeInASimultaneousOpen() {
        on("""
                connect 80
                < SEW seq 0
                > SEW seq 0 <mss 1000>
                < SAE seq 0 ack 1
                > SAE seq 0 ack 1
                event open
                app write 10
                < PA text 10 ecn 2
                """);
    }

    @Test
    @Tag("H16")
    @Tag("H11")
    void shouldKeepItInACookieWhereThereAreTimestamps() {
        on("""
                listen 7 sink backlog 1 cookies
                > S seq 0 <mss 1000>
                < SA seq 0 ack 1
                peer 40001
                > SEW seq 0 <mss 1460, TS val 100 ecr 0>
                < SAE seq 0 ack 1 <mss 1460, TS ecr 100>
                > A
                event open
                app write 10
                < PA text 10 ecn 2
                peer 40002
                > SEW seq 0 <mss 1460>
                < SA seq 0 ack 1
                """);
    }

    @Test
    @Tag("D3")
    void shouldEchoAMarkUntilThePeerHasReducedItsWindow() {
        on(OPEN + """
                > A text 1000 ecn 2
                < A ack 1001 ecn 0
                > A text 1000 ecn 3
                < AE ack 2001 ecn 0
                > A text 1000 ecn 2
                < AE ack 3001
                > AW text 1000 ecn 2
                < A ack 4001
                > AW text 1000 ecn 3             # a new mark comes with the answer to the old one
                < AE ack 5001
                > PA text 10 ecn 0
                +40ms < AE ack 5011
                count ECN_MARKS_RECEIVED 2
                """);
    }

    @Test
    @Tag("D3")
    void shouldReduceItsWindowOnceForAllThatIsInFlight() {
        on(OPEN + """
                app write 30000
                """ + "< A text 1000 ecn 2\n".repeat(10) + """
                > AE ack 1001                    # ten in flight: seven are left
                silence
                > AE ack 2001
                > AE ack 3001
                silence
                > AE ack 4001
                < AW seq 10001 text 1000 ecn 2
                > AE ack 5001
                < A seq 11001 text 1000 ecn 2
                count ECN_REDUCTIONS 1
                > AE ack 10001                   # of the next window: seven were in flight, and four are left
                < AW seq 12001 text 1000
                < A seq 13001 text 1000
                silence
                count ECN_REDUCTIONS 2
                """);
    }

    @Test
    @Tag("D3")
    void shouldIgnoreAnEchoWithoutEcn() {
        on(OPEN.replace("SEW", "S").replace("SAE", "SA") + """
                app write 30000
                """ + "< A text 1000 ecn 0\n".repeat(10) + """
                > AE ack 1001
                < A seq 10001 text 1000
                < A seq 11001 text 1000
                """);
    }

    @Test
    @Tag("D3")
    void shouldNotMarkWhatIsSentAgainNorAcknowledgmentsAndSayThatItHasReducedItsWindow() {
        on(OPEN + """
                app write 2000
                < A text 1000 ecn 2
                < PA text 1000 ecn 2
                +1s < A seq 1 text 1000 ecn 0
                > A ack 2001
                > A text 1000 ecn 2
                < A ack 1001 ecn 0
                app write 10
                < PAW seq 2001 text 10 ecn 2
                """);
    }

    @Test
    @Tag("D3")
    @Tag("D2")
    void shouldNotMarkAProbeOfAClosedWindow() {
        on(OPEN.replace("> A\n", "> A win 0\n") + """
                app write 10
                +900..1100ms < A seq 1 text 1 ecn 0
                """);
    }
}
