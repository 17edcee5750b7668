package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.ListenConfig;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What one connection has of its own. */
class ConnectionOptionsTest extends ConversationTest {
    private static final String OPEN = """
            > S seq 0 <mss 1460>
            < SA seq 0 ack 1
            > A
            event open
            """;

    private ConnectionOptions options(final UnaryOperator<ConnectionOptions.Builder> change) {
        return change.apply(talk().loop().defaultConnectionOptions().toBuilder())
                .build();
    }

    private void have(final UnaryOperator<ConnectionOptions.Builder> change) {
        talk().currentConnection().options(options(change));
        talk().poll();
    }

    @Test
    @Tag("D2")
    void shouldHoldSmallSegmentsBackWhileAnotherIsUnacknowledgedUnlessThereShallBeNoDelay() {
        run("listen 7 sink\n" + OPEN);
        have(builder -> builder.noDelay(false));
        run("""
                app write 10
                < PA seq 1 ack 1 text 10
                app write 10
                app write 10
                silence
                > A ack 11
                < PA seq 11 ack 1 text 20
                app write 5
                silence
                """);
        have(builder -> builder.noDelay(true));
        run("""
                < PA seq 31 ack 1 text 5
                app write 5
                < PA seq 36 ack 1 text 5
                """);
    }

    /** RFC 9293 appendix A.3: or else a delayed acknowledgment and the last bytes of a write wait for each other. */
    @Test
    @Tag("D2")
    void shouldNotHoldTheRestOfALongWriteBackForTheFullSegmentsBeforeIt() {
        run("listen 7 sink\n" + OPEN);
        have(builder -> builder.noDelay(false));
        run("""
                app write 3000
                < A seq 1 ack 1 text 1460
                < A seq 1461 ack 1 text 1460
                < PA seq 2921 ack 1 text 80
                app write 10
                > A ack 1461
                silence
                app write 1500
                < A seq 3001 text 1460
                silence
                > A ack 4461
                < PA seq 4461 text 50
                """);
    }

    @Test
    @Tag("D2")
    void shouldSendOnlyFullSegmentsWhileItIsCorked() {
        run("listen 7 sink\n" + OPEN);
        have(builder -> builder.cork(true));
        run("""
                app write 1000
                silence
                app write 1000
                < A seq 1 ack 1 text 1460
                > A ack 1461
                silence 150ms
                """);
        have(builder -> builder.cork(false));
        run("""
                < PA seq 1461 ack 1 text 540
                > A ack 2001
                """);
    }

    @Test
    @Tag("D2")
    void shouldNotHoldBackForLongerThan200Milliseconds() {
        run("listen 7 sink\n" + OPEN);
        have(builder -> builder.cork(true));
        run("""
                app write 10
                +200ms < PA seq 1 ack 1 text 10
                app write 10
                > A ack 11
                +100ms
                app write 10
                +100ms < PA seq 11 ack 1 text 20
                +100ms
                > A ack 31
                app write 10
                silence
                app shutdown
                < FPA seq 31 ack 1 text 10
                """);
    }

    @Test
    @Tag("D2")
    @Tag("D5")
    void shouldNotGiveUpAClosedWindowThatIsAnsweredForAUserTimeout() {
        run("listen 7 sink\n" + OPEN.replace("> A\n", "> A win 0\n"));
        have(builder -> builder.userTimeoutMs(5_000));
        run("""
                app write 16
                """ + """
                +100..5000ms < A seq 1 text 1
                > A ack 1 win 0
                """.repeat(8) + """
                state ESTABLISHED
                +100..5000ms < A seq 1 text 1
                +5001ms
                event closed TIMED_OUT
                """);
    }

    @Test
    @Tag("D2")
    void shouldNotHoldBackWhatAFinGoesWith() {
        run("listen 7 sink\n" + OPEN);
        have(builder -> builder.noDelay(false));
        run("""
                app write 10
                < PA seq 1 ack 1 text 10
                app write 10
                silence
                app shutdown
                < FPA seq 11 ack 1 text 10
                """);
    }

    @Test
    @Tag("D5")
    void shouldProbeASilentPeerAndGiveItUpWhenItDoesNotAnswer() {
        run("listen 7 sink\n" + OPEN);
        have(builder -> builder.keepAlive(true)
                .keepAliveIdleMs(10_000)
                .keepAliveIntervalMs(1_000)
                .keepAliveProbes(2));
        run("""
                +10s < A seq 0 ack 1
                > A
                +10s < A seq 0 ack 1
                +1s < A seq 0 ack 1
                +1s < RA seq 1 ack 1
                event closed TIMED_OUT
                """);
    }

    @Test
    @Tag("D5")
    void shouldNotProbeByDefault() {
        run("listen 7 sink\n" + OPEN + "silence 10000s\nstate ESTABLISHED");
    }

    @Test
    @Tag("D5")
    void shouldGiveUpWhatStaysUnacknowledgedForTheUserTimeout() {
        run("listen 7 sink\n" + OPEN);
        have(builder -> builder.userTimeoutMs(5_000));
        run("""
                app write 10
                < PA seq 1 ack 1 text 10
                +4999ms
                state ESTABLISHED
                +3ms
                event closed TIMED_OUT
                """);
    }

    @Test
    @Tag("H3")
    void shouldSendItsSynAsOftenAsTheConnectionSays() {
        talk().connectWith(80, options(builder -> builder.synRetries(1)));
        run("""
                < S seq 0
                +1s < S seq 0
                +2s
                event closed TIMED_OUT
                """);
    }

    @Test
    @Tag("C5")
    void shouldLeaveFinWait2AfterTheConnectionsOwnTime() {
        run("listen 7 sink\n" + OPEN);
        have(builder -> builder.finWait2Ms(2_000));
        run("""
                app close
                < FA seq 1 ack 1
                > A ack 2
                +1990ms
                state FIN_WAIT_2
                +20ms
                event closed NORMAL
                """);
    }

    @Test
    @Tag("C5")
    void shouldResetInsteadOfWaitingInFinWait2WhereThatIsToLastNoTime() {
        run("listen 7 sink\n" + OPEN);
        have(builder -> builder.finWait2Ms(0));
        run("""
                app close
                < FA seq 1 ack 1
                > A ack 2
                < RA seq 2 ack 1
                event closed ABORTED
                """);
    }

    @Test
    @Tag("D2")
    @Tag("H13")
    void shouldOfferTheWindowAndTheMssThatItsListenerSays() {
        talk().listenWith(ListenConfig.onPort(7)
                .withOptions(
                        options(builder -> builder.receiveBufferBytes(4_000).maxSegmentBytes(500))));
        run("""
                > S seq 0 <mss 1460, wscale 7>
                < SA seq 0 ack 1 win 4000 <mss 500, wscale 0>
                > A
                event open
                > PA text 1460
                < A ack 1461 win 2540
                > PA text 1460
                < A ack 2921 win 1080
                app write 600
                < A seq 1 text 500
                < PA seq 501 text 100
                """);
    }

    @Test
    @Tag("H10")
    void shouldTakeConnectionsOnlyToTheAddressItListensOn() {
        talk().listenWith(ListenConfig.onPort(7).withLocal(IpAddress.parse("10.0.0.9")));
        run("""
                > S seq 0 <mss 1460>
                < RA seq 0 ack 1
                """);
        assertThat(talk().loop().listener(IpAddress.parse("10.0.0.9"), 7)).isNotNull();
        assertThat(talk().loop().listener(family.engine, 7)).isNull();
    }

    @Test
    @Tag("H15")
    void shouldOpenFromTheLocalPortAskedForOnce() {
        final ConnectionOptions defaults = talk().loop().defaultConnectionOptions();
        assertThat(talk().connectFrom(5_555, 80, defaults)).isNotZero();
        assertThat(talk().connectFrom(5_555, 80, defaults)).isZero();
        assertThat(talk().connectFrom(5_555, 81, defaults)).isNotZero();
    }
}
