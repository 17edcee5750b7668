package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The counters of states, as connections walk through all of them: RFC 9293 §3.3.2, figure 5. */
@Tag("H1")
class StateCountersTest extends ConversationTest {
    /** What the counters of states, and those of RFC 4022 and of ends, have gone up by. */
    private String counted() {
        final Map<Counter, Long> counted = new EnumMap<>(Counter.class);
        for (final Counter counter : Counter.values()) {
            final boolean watched = counter.name().startsWith("STATE_") || WATCHED.contains(counter.name());
            if (watched && talk().count(counter) != 0) {
                counted.put(counter, talk().count(counter));
            }
        }
        return counted.toString();
    }

    private static final String WATCHED = "TIME_WAIT_ENTERED TIME_WAIT_EXPIRED TCP_ATTEMPT_FAILS TCP_ESTABLISHED_RESETS"
            + " TCP_RESETS_BY_PEER TCP_ABORTS TCP_CURRENT_ESTABLISHED FIN_WAIT_2_TIMEOUTS TCP_ABORT_ON_TIMEOUT"
            + " TCP_SEGMENTS_IGNORED TCP_ABORT_ON_CLOSE TCP_ABORT_ON_DATA TCP_ENGINE_ABORTS";

    private static final String ACTIVE = "connect 80;< S seq 0;> SA seq 0 ack 1 <mss 1460>;< A;";
    private static final String PASSIVE = "listen 7 sink;> S seq 0 <mss 1460>;< SA seq 0 ack 1;> A;";

    /** Scripts have their steps on one line; {@code A:} and {@code P:} stand for an open connection. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            listen 7 sink;> S seq 0 <mss 1460>;< SA  | STATE_SYN_RCVD=1
            listen 7 sink;> S seq 0 <mss 1460>;< SA;> R seq 1 | TCP_ATTEMPT_FAILS=1, STATE_SYN_RCVD=1
            P:                    | STATE_SYN_RCVD=1, STATE_ESTABLISHED=1, TCP_CURRENT_ESTABLISHED=1
            P:> FA;< A            | STATE_SYN_RCVD=1, STATE_ESTABLISHED=1, STATE_CLOSE_WAIT=1, TCP_CURRENT_ESTABLISHED=1
            A:                    | STATE_SYN_SENT=1, STATE_ESTABLISHED=1, TCP_CURRENT_ESTABLISHED=1
            connect 80;< S;> RA seq 0 ack 1 | TCP_ATTEMPT_FAILS=1, STATE_SYN_SENT=1, STATE_CLOSED=1
            connect 80;< S;> S seq 0 <mss 1460>;< SA | STATE_SYN_SENT=1, STATE_SYN_RCVD=1
            connect 80;< S;> S seq 0 <mss 1460>;< SA;> A ack 1 | STATE_SYN_SENT=1, STATE_SYN_RCVD=1, STATE_ESTABLISHED=1, TCP_CURRENT_ESTABLISHED=1
            connect 80;< S;app abort | TCP_ATTEMPT_FAILS=1, TCP_ABORTS=1, STATE_SYN_SENT=1, STATE_CLOSED=1
            A:app close;< FA      | STATE_SYN_SENT=1, STATE_ESTABLISHED=1, STATE_FIN_WAIT_1=1
            A:app close;< FA;> A  | STATE_SYN_SENT=1, STATE_ESTABLISHED=1, STATE_FIN_WAIT_1=1, STATE_FIN_WAIT_2=1
            A:app close;< FA;> A ack 2;+61s | FIN_WAIT_2_TIMEOUTS=1, STATE_SYN_SENT=1, STATE_ESTABLISHED=1, STATE_FIN_WAIT_1=1, STATE_FIN_WAIT_2=1, STATE_CLOSED=1
            A:app close;< FA;> A;> FA;< A | STATE_SYN_SENT=1, STATE_ESTABLISHED=1, STATE_FIN_WAIT_1=1, STATE_FIN_WAIT_2=1, TIME_WAIT_ENTERED=1
            A:app close;< FA;> FA ack 2;< A;+61s | STATE_SYN_SENT=1, STATE_ESTABLISHED=1, STATE_FIN_WAIT_1=1, STATE_FIN_WAIT_2=1, TIME_WAIT_ENTERED=1, TIME_WAIT_EXPIRED=1
            A:app close;< FA;> FA ack 1;< A | STATE_SYN_SENT=1, STATE_ESTABLISHED=1, STATE_FIN_WAIT_1=1, STATE_CLOSING=1
            A:app close;< FA;> FA ack 1;< A;> A ack 2 | STATE_SYN_SENT=1, STATE_ESTABLISHED=1, STATE_FIN_WAIT_1=1, STATE_CLOSING=1, TIME_WAIT_ENTERED=1
            listen 7 hold;> S seq 0 <mss 1460>;< SA;> A;app shutdown;< FA;> A ack 2;> FA;< A;> R | STATE_SYN_RCVD=1, STATE_ESTABLISHED=1, STATE_FIN_WAIT_1=1, STATE_FIN_WAIT_2=1, TCP_SEGMENTS_IGNORED=1, TIME_WAIT_ENTERED=1
            P:> FA;< A;app close;< FA | STATE_SYN_RCVD=1, STATE_ESTABLISHED=1, STATE_CLOSE_WAIT=1, STATE_LAST_ACK=1
            P:> FA;< A;app close;< FA;> A ack 2 | STATE_SYN_RCVD=1, STATE_ESTABLISHED=1, STATE_CLOSE_WAIT=1, STATE_LAST_ACK=1, STATE_CLOSED=1
            P:> R                 | TCP_ESTABLISHED_RESETS=1, TCP_RESETS_BY_PEER=1, STATE_SYN_RCVD=1, STATE_ESTABLISHED=1, STATE_CLOSED=1
            P:> FA;< A;app abort;skip | TCP_ESTABLISHED_RESETS=1, TCP_ABORTS=1, STATE_SYN_RCVD=1, STATE_ESTABLISHED=1, STATE_CLOSE_WAIT=1, STATE_CLOSED=1
            A:app close;< FA;> A ack 2;> R | TCP_RESETS_BY_PEER=1, STATE_SYN_SENT=1, STATE_ESTABLISHED=1, STATE_FIN_WAIT_1=1, STATE_FIN_WAIT_2=1, STATE_CLOSED=1
            A:app close;< FA;> PA ack 2 text 5;< RA | TCP_ABORT_ON_DATA=1, STATE_SYN_SENT=1, STATE_ESTABLISHED=1, STATE_FIN_WAIT_1=1, STATE_FIN_WAIT_2=1, STATE_CLOSED=1
            """)
    void shouldCountEveryStateAConnectionEntersAndHowItEnds(final String steps, final String expected) {
        final String script = steps.replace("A:", ACTIVE).replace("P:", PASSIVE).replace(';', '\n');
        run(script);
        assertThat(counted().replaceAll("[{}]", "").split(", ")).containsExactlyInAnyOrder(expected.split(", "));
    }
}
