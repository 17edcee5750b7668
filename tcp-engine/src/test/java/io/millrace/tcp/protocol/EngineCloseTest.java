package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An engine that ends tells its peers. */
@Tag("C7")
class EngineCloseTest extends ConversationTest {
    @Test
    void shouldResetEveryLiveConnection() {
        run(OPEN + """
                peer 40001                   # out of order text waits: its frames must come back
                > S seq 0 <mss 1460, sackOK>
                < SA
                > A
                event open
                > A seq 101 text 100
                < A ack 1
                peer 40002                   # half-closed by the peer
                > S seq 0 <mss 1460>
                < SA
                > FA
                skip
                """);
        talk().closeEngine();
        run("""
                < RA seq 2 ack 2
                peer 40000
                < RA seq 1 ack 1
                peer 40001
                < RA seq 1 ack 1
                event open
                event end
                event closed ABORTED
                event closed ABORTED
                event closed ABORTED
                """);
    }

    @Test
    void shouldSayNothingForConnectionsThatAreOverOrNotYetBegun() {
        run("""
                listen 7 close
                > S seq 0 <mss 1460>
                < SA
                > A
                < FA
                > FA
                < A
                event open
                event closed NORMAL
                connect 80
                < S
                """);
        talk().closeEngine();
        run("""
                silence
                event closed ABORTED
                peer 40000
                silence
                """);
    }
}
