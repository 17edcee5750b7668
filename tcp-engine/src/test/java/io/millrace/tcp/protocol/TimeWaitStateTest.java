package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** RFC 9293 §3.10.7.4 for TIME_WAIT, RFC 1337, RFC 6191. */
class TimeWaitStateTest extends ConversationTest {
    /** Our FIN 1, the peer's FIN 1: both sides go on with 2. */
    private static final String PLAIN = """
            listen 7 close
            > S seq 0 <mss 1460>
            < SA seq 0 ack 1
            > A
            < FA seq 1 ack 1
            event open
            > FA ack 2
            < A seq 2 ack 2
            event closed NORMAL
            time-wait 1
            connections 0
            """;

    private static final String WITH_TIMESTAMPS = """
            listen 7 close
            > S seq 0 <mss 1460, sackOK, TS val 1000 ecr 0, wscale 7>
            < SA seq 0 ack 1
            > A
            < FA seq 1 ack 1 <TS ecr 1000>
            event open
            +10ms
            > FA ack 2
            < A seq 2 ack 2 <TS ecr 1010>
            event closed NORMAL
            time-wait 1
            """;
    private static final String STILL_THERE = """
            > FA seq 1 ack 2
            < A seq 2 ack 2
            time-wait 1
            """;

    @Test
    @Tag("T1")
    @Tag("T4")
    void shouldLastSixtySecondsToWithin100Milliseconds() {
        run(PLAIN + """
                silence 59950ms
                time-wait 1
                silence 150ms
                time-wait 0
                count TIME_WAIT_EXPIRED 1
                > A seq 2 ack 2
                < R seq 2
                """);
    }

    @Test
    @Tag("T1")
    void shouldLastAsLongAsConfigured() {
        talk(config -> config.timeWaitMs(1_000)).run(PLAIN + """
                silence 950ms
                time-wait 1
                silence 150ms
                time-wait 0
                """);
    }

    @Test
    @Tag("T2")
    void shouldAcknowledgeARetransmittedFinAndStartAnew() {
        run(PLAIN + """
                silence 50s
                > FA seq 1 ack 2
                < A seq 2 ack 2
                silence 59s
                time-wait 1
                silence 1100ms
                time-wait 0
                """);
    }

    @Test
    @Tag("T2")
    void shouldAcknowledgeOtherOldSegmentsAndNotStartAnew() {
        run(PLAIN + """
                silence 50s
                > PA seq 0 ack 2 text 2
                < A seq 2 ack 2
                > PA seq 1 ack 2 text 2
                < A seq 2 ack 2
                silence 10100ms
                time-wait 0
                """);
    }

    @Test
    void shouldBeSilentToAPlainAck() {
        run(PLAIN + """
                > A seq 2 ack 2
                silence
                """ + STILL_THERE);
    }

    @Test
    @Tag("T3")
    void shouldIgnoreResets() {
        run(PLAIN + """
                > R seq 2
                > RA seq 2 ack 2
                > R seq 1
                > R seq 900000000
                silence
                """ + STILL_THERE);
    }

    @Test
    @Tag("T3")
    void shouldEndByAnExactResetWhereResetsAreNotIgnored() {
        talk(config -> config.ignoreResetsInTimeWait(false)).run(PLAIN + """
                > R seq 1
                > R seq 900000000
                silence
                time-wait 1
                > R seq 3                   # in the window, but not exact: RFC 5961 §3.2
                < A seq 2 ack 2
                time-wait 1
                > R seq 2
                silence
                time-wait 0
                count TIME_WAIT_RESETS 1
                """);
    }

    @Test
    @Tag("R4")
    void shouldLimitTheChallengesOfEachEntryByItself() {
        run(PLAIN);
        for (int i = 0; i < 20_000; i++) {
            run("> S seq -100000 <mss 1460>\nskip");
        }
        assertThat(talk().count(Counter.CHALLENGE_ACKS)).isEqualTo(1);
        run("""
                peer 40001
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                < FA seq 1 ack 1
                > FA ack 2
                < A seq 2 ack 2
                time-wait 2
                > S seq -100000 <mss 1460>
                < A seq 2 ack 2
                """);
    }

    @Test
    @Tag("T5")
    void shouldReopenForASynWithAHigherSequenceNumber() {
        run(PLAIN + """
                > S seq 100000 <mss 1460>
                < SA ack 100001
                time-wait 0
                half-open 1
                count TIME_WAIT_RECYCLED 1
                """);
    }

    @Test
    @Tag("T5")
    void shouldChooseAnIsnBeyondTheOldConnection() {
        run(PLAIN);
        final int oldSndNxt = talk().engineSndNxt();
        run("""
                renew 805406368
                > S seq 0 <mss 1460>
                """);
        final int isn = talk().lastSeq();
        assertThat(isn - oldSndNxt).isPositive();
        run("""
                > A
                event open
                < FA seq 1 ack 1
                """);
    }

    @Test
    @Tag("T5")
    void shouldRefuseASynWithALowerSequenceNumber() {
        run(PLAIN + """
                > S seq -100000 <mss 1460>
                < A seq 2 ack 2
                +130ms
                > S seq 0 <mss 1460>        # the old connection's own
                < A seq 2 ack 2
                +130ms
                > S seq 2 <mss 1460>        # not beyond RCV.NXT
                < A seq 2 ack 2
                """ + STILL_THERE);
    }

    @Test
    @Tag("T5")
    void shouldReopenForASynWithANewerTimestampThoughItsNumberIsLower() {
        run(WITH_TIMESTAMPS + """
                +1200ms
                > S seq -100000 <mss 1460, sackOK, TS val 5000 ecr 0, wscale 7>
                < SA ack -99999 <TS ecr 5000, ...>
                time-wait 0
                half-open 1
                """);
    }

    @Test
    @Tag("T5")
    void shouldRefuseASynWithAnOlderTimestampThoughItsNumberIsHigher() {
        run(WITH_TIMESTAMPS + """
                +1200ms
                > S seq 100000 <mss 1460, sackOK, TS val 900 ecr 0, wscale 7>
                < A seq 2 ack 2 <TS ecr 1010>
                time-wait 1
                """);
    }

    @Test
    @Tag("T5")
    void shouldJudgeByTheNumberWhereTheNewSynHasNoTimestamps() {
        run(WITH_TIMESTAMPS + """
                > S seq 100000 <mss 1460>
                < SA ack 100001
                """);
    }

    @Test
    @Tag("T5")
    void shouldNotReopenAPortThatNobodyListensOnAnyMore() {
        run(PLAIN + """
                unlisten 7
                > S seq 100000 <mss 1460>
                < A seq 2 ack 2
                time-wait 1
                """);
    }

    @Test
    @Tag("T4")
    void shouldLetTheOldestGoWhenTheTableIsFull() {
        talk(config -> config.timeWaitCapacity(1).timeWaitIpv6Capacity(1)).run(PLAIN + """
                peer 40001
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                < FA seq 1 ack 1
                > FA ack 2
                < A seq 2 ack 2
                time-wait 1
                count TIME_WAIT_OVERFLOWS 1
                peer 40000
                > FA seq 1 ack 2
                < R seq 2
                """);
    }

    /** We close first a connection of our own, with timestamps; so we have it in TIME_WAIT. */
    private static final String OUR_OWN = """
            connect 80
            < S
            > SA seq 0 <mss 1460, sackOK, TS val 1000 ecr 0, wscale 7>
            < A
            event open
            app close
            < FA seq 1
            > FA ack 2
            < A
            event closed NORMAL
            time-wait 1
            """;

    @Test
    @Tag("T5")
    @Tag("H15")
    void shouldReuseATupleOfOurOwnWithTimestampsAfterASecondWhereSoConfigured() {
        talk(config -> config.reuseTimeWait(true).ephemeralPorts(5_000, 5_000)).run(OUR_OWN);
        final int oldSndNxt = talk().engineSndNxt();
        run("+900ms");
        assertThat(connectAgain()).isZero();
        run("""
                +110ms
                connect 80
                """);
        assertThat(talk().lastSeq() - oldSndNxt)
                .as("the new ISN is beyond the old SND.NXT")
                .isPositive();
        run("""
                > SA seq 0 <mss 1460, sackOK, TS val 1500 ecr 0, wscale 7>
                < A seq 1 ack 1
                event open
                time-wait 0
                count TIME_WAIT_REUSED 1
                connections 1
                """);
    }

    @Test
    @Tag("T5")
    void shouldGetRidOfAPeerThatStillWaitsForOurLastAckWhenItsTupleIsReused() {
        talk(config -> config.reuseTimeWait(true).ephemeralPorts(5_000, 5_000)).run(OUR_OWN + """
                +1100ms
                connect 80
                < S
                > A seq 2 ack =1           # a challenge ACK in LAST_ACK, of whatever the old numbers were
                < R seq =1
                """);
    }

    @Test
    @Tag("T5")
    void shouldNotReuseATupleOfOurOwnWithTimestampsUnlessSoConfigured() {
        talk(config -> config.ephemeralPorts(5_000, 5_000)).run(OUR_OWN + "+5s");
        assertThat(connectAgain()).isZero();
        run("time-wait 1");
    }

    private long connectAgain() {
        return talk().connectFrom(0, 80, talk().loop().defaultConnectionOptions());
    }

    @Test
    @Tag("T5")
    @Tag("H15")
    void shouldNotReuseATupleOfOurOwnInTimeWaitWithoutTimestamps() {
        talk(config -> config.reuseTimeWait(true).ephemeralPorts(5_000, 5_000)).run("""
                connect 80
                < S
                > SA seq 0 <mss 1460>
                < A
                event open
                app close
                < FA seq 1
                > FA ack 2
                < A
                event closed NORMAL
                time-wait 1
                +5s
                """);
        assertThat(talk().loop()
                        .connect(family.engine, family.peer, 80, (connection, buffer, offset, length) -> length, 0))
                .isZero();
        run("""
                count EPHEMERAL_PORTS_EXHAUSTED 1
                silence 61s
                connect 80
                < S
                """);
    }
}
