package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.tcp.conversation.Family;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ICMP errors about segments of the engine's: RFC 9293 §3.9.2.2 with the care of RFC 5927. */
@Tag("R5")
class IcmpErrorTest extends ConversationTest {
    /** An application that has sent 3000 bytes, which are in flight. */
    private static final String IN_FLIGHT = """
            listen 7 sink
            > S seq 0 <mss 1460>
            < SA seq 0 ack 1
            > A
            event open
            app write 3000
            < A seq 1 text 1460
            < A seq 1461 text 1460
            < PA seq 2921 text 80
            """;

    @ParameterizedTest
    @CsvSource({"port-unreachable, PORT_UNREACHABLE, REFUSED", "prohibited, , UNREACHABLE"})
    void shouldEndAConnectionAttemptByAHardErrorAndTellTheApplication(
            final String error, final String told, final String reason) {
        run("""
                connect 80
                < S seq 0
                icmp %s seq 0
                event network-error %s
                event closed %s
                state none
                silence 5s
                connections 0
                count TCP_ATTEMPT_FAILS 1
                """.formatted(error, told == null ? prohibited() : told, reason));
    }

    private String prohibited() {
        return family == Family.IPV4 ? "HOST_UNREACHABLE" : "PROHIBITED";
    }

    @Test
    @Tag("H4")
    void shouldEndASimultaneousOpenByAHardError() {
        run("""
                connect 80
                < S seq 0
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                state SYN_RCVD
                icmp port-unreachable seq 0
                event network-error PORT_UNREACHABLE
                event closed REFUSED
                connections 0
                """);
    }

    @ParameterizedTest
    @CsvSource({
        "network-unreachable, NETWORK_UNREACHABLE",
        "host-unreachable, HOST_UNREACHABLE",
        "time-exceeded, HOST_UNREACHABLE",
        "parameter-problem, PARAMETER_PROBLEM"
    })
    void shouldTellOfASoftErrorGoOnTryingAndOpenWhenThePeerAnswers(final String error, final String told) {
        run("""
                connect 80
                < S seq 0
                icmp %s seq 0
                state SYN_SENT
                event network-error %s
                no event
                +1000ms < S seq 0
                > SA seq 0 <mss 1460>
                < A seq 1 ack 1
                event open
                """.formatted(error, told));
    }

    @Test
    @Tag("H3")
    void shouldSayThatThePeerWasUnreachableWhenItIsGivenUpAfterASoftError() {
        talk(config -> config.synRetries(1)).run("""
                connect 80
                < S seq 0
                icmp host-unreachable seq 0
                event network-error HOST_UNREACHABLE
                +1000ms < S seq 0
                no event
                +2000ms
                event closed UNREACHABLE
                """);
    }

    @ParameterizedTest
    @CsvSource({
        "port-unreachable, PORT_UNREACHABLE",
        "prohibited, ",
        "host-unreachable, HOST_UNREACHABLE",
        "time-exceeded, HOST_UNREACHABLE"
    })
    void shouldNotEndAnOpenConnectionByAnyErrorButTellOfIt(final String error, final String told) {
        run(IN_FLIGHT + """
                icmp %s seq 1 text 1460
                state ESTABLISHED
                silence
                event network-error %s
                no event
                count TCP_ICMP_ERRORS 1
                count TCP_ICMP_ERRORS_IGNORED 0
                > A ack 3001
                > PA text 5
                event data 5
                """.formatted(error, told == null ? prohibited() : told));
    }

    @Test
    void shouldForgetTheErrorWhenThePeerIsHeardOfAgain() {
        talk(config -> config.dataRetries(1)).run(IN_FLIGHT + """
                icmp host-unreachable seq 1 text 1460
                event network-error HOST_UNREACHABLE
                > A ack 1461
                skip
                +60s
                event closed TIMED_OUT
                """);
    }

    @Test
    void shouldSayThatThePeerBecameUnreachableWhenItsSilenceFollowsAnError() {
        talk(config -> config.dataRetries(1)).run(IN_FLIGHT + """
                icmp host-unreachable seq 1 text 1460
                event network-error HOST_UNREACHABLE
                skip
                +60s
                event closed UNREACHABLE
                """);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3_001, -1, 70_000})
    void shouldIgnoreAnErrorThatQuotesNothingInFlight(final int seq) {
        run(IN_FLIGHT + """
                icmp too-big mtu 1300 seq %d text 1460
                icmp port-unreachable seq %d text 1460
                silence
                count TCP_ICMP_ERRORS 2
                count TCP_ICMP_ERRORS_IGNORED 2
                > A ack 1
                > A ack 3001
                app write 2000
                < A text 1460
                """.formatted(seq, seq));
    }

    @Test
    void shouldIgnoreAGuessedNumberInSynSent() {
        run("""
                connect 80
                < S seq 0
                icmp port-unreachable seq 1
                icmp port-unreachable seq -1
                state SYN_SENT
                no event
                count TCP_ICMP_ERRORS_IGNORED 2
                """);
    }

    @Test
    @Tag("D6")
    void shouldCutAnewAndSendAgainAtOnceWhatIsTooBigForThePath() {
        final int mss = family == Family.IPV4 ? 1_300 - 40 : 1_300 - 60;
        run(IN_FLIGHT + """
                icmp too-big mtu 1300 seq 1 text 1460
                < A seq 1 text %d
                < A seq %d text %d
                < PA seq %d text %d
                silence
                count PATH_MTU_LOWERED 1
                > A ack 3001
                app write 2000
                < A seq 3001 text %d
                < PA text %d
                """.formatted(mss, 1 + mss, mss, 1 + 2 * mss, 3_000 - 2 * mss, mss, 2_000 - mss));
    }

    @Test
    @Tag("D6")
    @Tag("H13")
    void shouldTakeTheOptionsOffTheSegmentsThatFitThePath() {
        final int text = (family == Family.IPV4 ? 1_300 - 40 : 1_300 - 60) - 12;
        run("""
                listen 7 sink
                > S seq 0 <mss 1460, TS val 1 ecr 0>
                < SA seq 0 ack 1
                > A
                app write 1448
                < PA seq 1 text 1448
                icmp too-big mtu 1300 seq 1 text 1460
                < A seq 1 text %d
                < PA text %d
                """.formatted(text, 1_448 - text));
    }

    @Test
    @Tag("D6")
    void shouldGoDownFurtherWhereTheNextLinkIsSmallerStill() {
        final int headers = family == Family.IPV4 ? 40 : 60;
        run(IN_FLIGHT + """
                icmp too-big mtu 1400 seq 1 text 1460
                < A seq 1 text %d
                skip
                icmp too-big mtu 1280 seq 1 text 1300
                < A seq 1 text %d
                skip
                icmp too-big mtu 1400 seq 1 text 1460
                silence
                """.formatted(1_400 - headers, 1_280 - headers));
    }

    @Test
    @Tag("D6")
    void shouldNotMakeSegmentsLargerOrBelieveALinkThatTakesTheVeryPacket() {
        run(IN_FLIGHT + """
                icmp too-big mtu 9000 seq 1 text 1460
                icmp too-big mtu 1400 seq 1 text 1000     # this packet would have fitted
                silence
                count TCP_ICMP_ERRORS_IGNORED 2
                count PATH_MTU_LOWERED 0
                """);
    }

    /** RFC 5927 §7.2. */
    @Test
    @Tag("D6")
    void shouldNotBelieveThatFullSegmentsAreTooBigWhereSuchHaveArrivedUntilOneTimesOut() {
        final int headers = family == Family.IPV4 ? 40 : 60;
        run("""
                listen 7 sink
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                event open
                app write 1460
                < PA seq 1 text 1460
                > A ack 1461
                app write 1460
                < PA seq 1461 text 1460
                icmp too-big mtu 1300 seq 1461 text 1460
                silence
                count PATH_MTU_DOUBTED 1
                count PATH_MTU_LOWERED 0
                +500ms
                skip
                icmp too-big mtu 1300 seq 1461 text 1460
                count PATH_MTU_LOWERED 1
                < A seq 1461 text %d
                skip
                icmp too-big mtu 1280 seq 1461 text 1300   # the next link is narrower still: at once
                count PATH_MTU_LOWERED 2
                < A seq 1461 text %d
                """.formatted(1_300 - headers, 1_280 - headers));
    }

    @Test
    @Tag("D6")
    void shouldNotBeForcedBelowTheLeastMtu() {
        run(IN_FLIGHT + "icmp too-big mtu 68 seq 1 text 1460\n");
        if (family == Family.IPV4) {
            run("< A seq 1 text 256");
        } else {
            run("silence"); // RFC 8201 §4: below 1280 it must be discarded
        }
    }

    @Test
    @Tag("D6")
    void shouldTryTheNextUsualMtuWhereAnOldRouterDoesNotTellItsOwn() {
        run(IN_FLIGHT + "icmp too-big mtu 0 seq 1 text 1460\n");
        if (family == Family.IPV4) {
            run("< A seq 1 text 1452"); // RFC 1191 §7.1: 1492 comes after 1500
        } else {
            run("silence");
        }
    }

    @Test
    void shouldTakeNoNoticeOfSourceQuench() {
        run(IN_FLIGHT + """
                icmp source-quench seq 1 text 1460
                silence
                state ESTABLISHED
                """);
    }

    @Test
    void shouldLeaveAHalfOpenConnectionAlone() {
        run("""
                listen 7 sink
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                icmp port-unreachable seq 0
                silence
                half-open 1
                > A
                event open
                """);
        assertThat(talk().count(Counter.TCP_ICMP_ERRORS_IGNORED)).isEqualTo(1);
    }

    @Test
    void shouldLeaveTimeWaitAlone() {
        run("""
                listen 7 close
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                < FA seq 1
                > FA ack 2
                < A
                time-wait 1
                icmp port-unreachable seq 1
                silence
                time-wait 1
                count TCP_ICMP_ERRORS_IGNORED 1
                """);
    }

    @Test
    void shouldIgnoreAnErrorAboutNoConnection() {
        run("""
                listen 7 sink
                icmp port-unreachable seq 1
                silence
                count TCP_ICMP_ERRORS_IGNORED 1
                """);
    }
}
