package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpEngine;
import io.millrace.tcp.TcpListener;
import io.millrace.tcp.conversation.Family;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9293 §3.10.7.2: segments to a port that listens, of no connection yet. */
class ListenStateTest extends ConversationTest {
    @Test
    @Tag("H1")
    @Tag("H2")
    void shouldOpenByThreeSegmentsAndEcho() {
        run("""
                listen 7 echo
                > S seq 0 <mss 1460, sackOK, TS val 100 ecr 0, wscale 7>
                < SA seq 0 ack 1 win 65535 <mss 1460, sackOK, TS ecr 100, wscale>
                half-open 1
                connections 0
                no event
                > A seq 1 ack 1
                silence
                half-open 0
                connections 1
                event open
                state ESTABLISHED
                > A text 10
                < PA seq 1 ack 11 text 10
                event data 10
                > A
                silence 5s
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"R", "RA", ".", "F", "FPU", "P", "U", "SF", "SR", "SFRPAUEW"})
    @Tag("H14")
    void shouldBeSilentToWhatCannotBeASyn(final String flags) {
        run("""
                listen 7 echo
                > %s seq 0 ack 0
                silence 5s
                half-open 0
                no event
                """.formatted(flags));
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "SA", "FA", "PA"})
    @Tag("H10")
    void shouldResetWhatAcknowledges(final String flags) {
        run("""
                listen 7 echo
                > %s seq 0 ack 5000 text 4
                < R seq 5000
                silence 5s
                half-open 0
                """.formatted(flags));
    }

    @Test
    @Tag("H7")
    void shouldNotDeliverTextOfASynTwiceOrEarly() {
        run("""
                listen 7 echo
                > S seq 0 text 10 <mss 1460>
                < SA seq 0 ack 1
                no event
                > A seq 1 ack 1 text 10
                < PA seq 1 ack 11 text 10
                event open
                event data 10
                """);
    }

    /** Whatever the order in which they were opened. */
    @ParameterizedTest
    @ValueSource(strings = {"012", "021", "102", "120", "201", "210"})
    @Tag("H2")
    void shouldGiveAConnectionToTheMostSpecialListenerOfThePort(final String order) {
        final TcpEngine engine = talk().engine();
        final IpAddress any = family == Family.IPV4 ? IpAddress.ANY_IPV4 : IpAddress.ANY_IPV6;
        final List<ListenConfig> configs = List.of(
                ListenConfig.onPort(7),
                ListenConfig.onPort(7).withLocal(any),
                ListenConfig.onPort(7).withLocal(family.engine));
        final List<TcpListener> opened = new ArrayList<>();
        order.chars()
                .forEach(number ->
                        opened.addAll(engine.listen(configs.get(number - '0'), shard -> (connection, b, o, n) -> n)));
        for (int precedence = 2; precedence >= 0; precedence--) {
            final int most = precedence;
            talk().peer(41_000 + precedence).to(7).run("""
                    > S seq 0 <mss 1460>
                    < SA seq 0 ack 1
                    > A
                    """);
            final TcpListener taken = opened.stream()
                    .filter(listener -> listener.config().precedence() == most)
                    .findFirst()
                    .orElseThrow();
            assertThat(taken.stats().accepted()).isEqualTo(1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.listen(taken.config(), shard -> null))
                    .withMessageContaining("port 7 is already listened on at");
            taken.close();
        }
        talk().peer(42_000).to(7).run("""
                > S seq 0 <mss 1460>
                < RA seq =0 ack 1
                """);
    }

    @Test
    @Tag("H12")
    void shouldChooseIsnsThatGrowWithTimeForOneTuple() {
        final int[] isns = new int[3];
        for (int i = 0; i < isns.length; i++) {
            run((i == 0 ? "listen 7 echo\n" : "") + """
                    > S seq 0 <mss 1460>
                    """);
            isns[i] = talk().lastSeq();
            run("""
                    > R seq 1
                    +300ms
                    renew 900000
                    """);
        }
        assertThat(isns[1] - isns[0]).isEqualTo(75_000);
        assertThat(isns[2] - isns[1]).isEqualTo(75_000);
    }

    @Test
    @Tag("H16")
    void shouldDeclineEcnAndIgnoreFastOpen() {
        run("""
                listen 7 echo
                > SEW seq 0 <mss 1460, raw 2202, nop, nop>
                < SA seq 0 ack 1 <mss 1460>
                > A
                > PA text 3
                < PA seq 1 ack 4 text 3
                """);
    }

    @Test
    @Tag("H2")
    @Tag("D1")
    void shouldOpenAcrossTheWrapOfThePeersNumbers() {
        run("""
                listen 7 echo
                isn 4294967295
                > S seq 0 <mss 1460>
                < SA seq 0 ack =0
                > A seq =0
                > PA text 300
                < PA seq 1 ack 301 text 300
                """);
    }

    @Test
    @Tag("H2")
    @Tag("D1")
    void shouldOpenAcrossTheWrapOfOurNumbers() {
        run("""
                listen 7 echo
                engine-isn 4294967295
                > S seq 0 <mss 1460>
                < SA seq =4294967295 ack 1
                > A ack =0
                event open
                > PA text 300
                < PA seq =0 ack 301 text 300
                > A ack =300
                silence 5s
                """);
    }
}
