package io.millrace.tcp.protocol;

import io.millrace.tcp.conversation.Family;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the two SYNs agree on, and option lists that are no lists: RFC 9293 §3.2 and §3.7.1, RFC 7323, RFC 2018. */
@Tag("H13")
class OptionsTest extends ConversationTest {
    @Test
    void shouldAnswerOnlyWhatWasOffered() {
        run("""
                listen 7 echo
                > S seq 0 <>
                < SA <mss 1460>
                peer 40001
                > S seq 0 <wscale 3>
                < SA <mss 1460, wscale>
                peer 40002
                > S seq 0 <sackOK>
                < SA <mss 1460, sackOK>
                peer 40003
                > S seq 0 <TS val 77 ecr 0>
                < SA <mss 1460, TS ecr 77>
                peer 40004
                > S seq 0 <TS val 77 ecr 0, wscale 0>
                < SA <mss 1460, TS ecr 77, wscale>
                """);
    }

    @Test
    void shouldAnswerNothingThatIsSwitchedOff() {
        talk(config -> config.timestamps(false).sack(false).windowScaling(false))
                .run("""
                listen 7 echo
                > S seq 0 <mss 1460, sackOK, TS val 77 ecr 0, wscale 7>
                < SA <mss 1460>
                connect 80
                < S <mss 1460>
                """);
    }

    @Test
    void shouldSend536BytesAtMostOverIpv4And1220OverIpv6ToAPeerThatNamesNoMss() {
        run("""
                listen 7 echo
                > S seq 0 <>
                < SA
                > A
                > A text 1400
                < A text %d
                """.formatted(defaultMss()));
    }

    /** RFC 9293 §3.7.1 MUST-15. */
    private int defaultMss() {
        return family == Family.IPV4 ? 536 : 1_220;
    }

    @Test
    void shouldTakeTheOptionsOffTheMss() {
        run("""
                listen 7 echo
                > S seq 0 <mss 536, sackOK, TS val 1 ecr 0, wscale 7>
                < SA
                > A
                > A text 1400
                < A text 524
                < A text 524
                < PA text 352
                """);
    }

    @Test
    void shouldNeverSendMoreThanOurOwnMtuCarries() {
        run("""
                listen 7 sink
                > S seq 0 <mss 9000>
                < SA
                > A
                app write 2000
                < A text 1460
                < PA text 540
                """);
    }

    @Test
    void shouldNotLetATinyMssMakeItSendAHeaderForEachByte() {
        run("""
                listen 7 sink
                > S seq 0 <mss 1>
                < SA
                > A
                app write 100
                < A text 64
                < PA text 36
                """);
    }

    @Test
    void shouldTreatAShiftAbove14As14() {
        run("""
                listen 7 sink
                > S seq 0 <mss 1460, wscale 15>
                < SA
                > A win 1             # 16,384 bytes
                app write 16384
                < A seq 1 text 1460
                < A seq 1461 text 1460        # ten segments, the initial window: more than 2 bytes at any rate
                """);
    }

    @Test
    void shouldNotScaleTheWindowOfASyn() {
        run("""
                listen 7 sink
                > S seq 0 win 1000 <mss 500, wscale 7>
                < SA win 65535
                > A win 1000
                event open
                """);
    }

    @Test
    void shouldCarryTimestampsOnEverySegmentButResets() {
        run("""
                listen 7 sink
                > S seq 0 <mss 1460, TS val 1 ecr 0>
                < SA <mss 1460, TS ecr 1>
                > A
                > PA text 5
                +40ms < A <TS>
                app write 5
                < PA text 5 <TS>
                > A
                > PA text 5 <>
                silence                # without its timestamp it is not even acknowledged
                > S seq 99 <>
                < A seq 6 ack 6 <TS>   # but a SYN is challenged
                app abort
                < RA <>
                """);
    }

    @Test
    void shouldDropASegmentWithoutTheTimestampsThatWereAgreed() {
        run("""
                listen 7 sink
                > S seq 0 <mss 1460, TS val 1 ecr 0>
                < SA
                > A
                event open
                > PA seq 1 text 5 <>
                silence 1s
                no event
                > PA seq 1 text 5
                +40ms < A ack 6
                """);
    }

    @Test
    void shouldIgnoreTimestampsThatWereNotAgreed() {
        run("""
                listen 7 sink
                > S seq 0 <mss 1460>
                < SA
                > A <TS val 5 ecr 5>
                > PA text 5 <TS val 4 ecr 5>
                event open
                event data 5
                +40ms < A ack 6 <>
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "020005b4", // length 0
                "fd010000", // length 1
                "fd00010101010101", // length 0, unknown kind
                "022805b4", // past the header
                "01010102", // a kind as the last byte
                "02030501", // MSS of length 3
                "02020101", // MSS of length 2
                "03020101", // window scale of length 2
                "03040707", // window scale of length 4
                "08040001", // timestamps of length 4
                "0809010101010101010101", // timestamps of length 9
                "0101080a", // timestamps cut off
                "04040000", // SACK-permitted of length 4
                "050a111111111111111101", // SACK on a SYN
                "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
            })
    @Tag("H14")
    void shouldSurviveAMalformedListAndOpenWithoutOptions(final String hex) {
        run("""
                listen 7 echo
                > S seq 0 <raw %s>
                < SA seq 0 ack 1 <mss 1460>
                > A
                event open
                > PA text 1300 <raw %s>
                < A text %d
                """.formatted(hex, hex, defaultMss()));
    }

    @Test
    void shouldTakeTheLastOfTwoMssAndNothingBehindTheEndOfTheList() {
        run("""
                listen 7 echo
                > S seq 0 <mss 1000, mss 600, eol, raw 0402ff>
                < SA <mss 1460>
                > A
                > PA text 1000
                < A text 600
                < PA text 400
                """);
    }

    @Test
    void shouldSkipUnknownOptions() {
        run("""
                listen 7 echo
                > S seq 0 <mss 1460, raw fd0661626364, raw fe041234, raw 1e040000, raw 4d0301, sackOK>
                < SA <mss 1460, sackOK>
                > A
                event open
                """);
    }
}
