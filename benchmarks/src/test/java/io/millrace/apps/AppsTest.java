package io.millrace.apps;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.tcp.CloseReason;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The apps, over two engines and a cable in memory")
class AppsTest {
    private static final int PORT = 1234;
    private static final String HEAD =
            "HTTP/1.1 200 OK\r\nServer: Millrace\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n";
    private static final String BODY = "Hello from Millrace\n";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private final EnginePair engines = new EnginePair();

    @AfterEach
    void stop() {
        engines.close();
    }

    @Test
    void echoShouldSendAllBackThenClose() {
        final long seed = System.nanoTime();
        final byte[] bytes = new byte[1_000_000];
        new Random(seed).nextBytes(bytes);
        final ScriptedClient client = ScriptedClient.sendingThenClosing(bytes);
        engines.serve(App.ECHO, PORT);
        engines.connect(PORT, client);
        engines.run(2_000);

        assertThat(Arrays.mismatch(client.received(), bytes))
                .as("seed %d", seed)
                .isEqualTo(-1);
        assertThat(client.reason()).isEqualTo(CloseReason.NORMAL);
        assertNothingLeft();
    }

    @Test
    void closeShouldCloseAtOnce() {
        final ScriptedClient client = ScriptedClient.sending("");
        engines.serve(App.CLOSE, PORT);
        engines.connect(PORT, client);
        engines.run(100);

        assertThat(client.peerClosed()).isTrue();
        assertThat(client.reason()).isEqualTo(CloseReason.NORMAL);
        assertThat(engines.onServer(Counter.TIME_WAIT_ENTRIES)).isEqualTo(1);
        assertNothingLeft();
    }

    @Test
    void discardShouldTakeAllAndAnswerNothing() {
        final ScriptedClient client = ScriptedClient.sendingThenClosing(new byte[500_000]);
        engines.serve(App.DISCARD, PORT);
        engines.connect(PORT, client);
        engines.run(1_000);

        assertThat(client.received()).isEmpty();
        assertThat(client.reason()).isEqualTo(CloseReason.NORMAL);
        assertNothingLeft();
    }

    @Test
    void chargenShouldSendThePatternForAsLongAsThePeerReads() {
        final int enough = 3_000_000;
        final ScriptedClient client = ScriptedClient.closingAfter(enough);
        engines.serve(App.CHARGEN, PORT);
        engines.connect(PORT, client);
        engines.run(2_000);

        assertThat(client.received()).hasSizeGreaterThanOrEqualTo(enough);
        assertThat(client.received()).isEqualTo(ChargenHandler.pattern(client.received().length));
        assertNothingLeft();
    }

    @Test
    void httpShouldKeepTheConnectionAndAnswerPipelinedRequestsInOrder() {
        final ScriptedClient client = ScriptedClient.sending(
                GET + "HEAD / HTTP/1.1\r\n\r\n" + "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nGET " + GET);
        engines.serve(App.HTTP, PORT);
        engines.connect(PORT, client);
        engines.run(100);

        assertThat(client.text())
                .isEqualTo(HEAD + "\r\n" + BODY + HEAD + "\r\n" + HEAD + "\r\n" + BODY + HEAD + "\r\n" + BODY);
        assertThat(client.peerClosed()).isFalse();
    }

    @Test
    void httpShouldCloseWhenItIsAskedTo() {
        final ScriptedClient client = ScriptedClient.sending("GET / HTTP/1.1\r\nConnection: close\r\n\r\n" + GET);
        engines.serve(App.HTTP, PORT);
        engines.connect(PORT, client);
        engines.run(100);

        assertThat(client.text()).isEqualTo(HEAD + "Connection: close\r\n\r\n" + BODY);
        assertThat(client.peerClosed()).isTrue();
        assertThat(client.reason()).isEqualTo(CloseReason.NORMAL);
    }

    @Test
    void httpShouldAnswerThousandsOfRequestsThoughTheSendBufferIsFullInBetween() {
        final int requests = 20_000;
        final ScriptedClient client =
                ScriptedClient.sendingThenClosing(GET.repeat(requests).getBytes(US_ASCII));
        engines.serve(App.HTTP, PORT);
        engines.connect(PORT, client);
        engines.run(3_000);

        assertThat(client.text()).isEqualTo((HEAD + "\r\n" + BODY).repeat(requests));
        assertThat(client.reason()).isEqualTo(CloseReason.NORMAL);
        assertNothingLeft();
    }

    @Test
    void httpShouldRefuseWhatIsNoRequest() {
        final ScriptedClient client = ScriptedClient.sending("EHLO example\r\n");
        engines.serve(App.HTTP, PORT);
        engines.connect(PORT, client);
        engines.run(100);

        assertThat(client.text()).startsWith("HTTP/1.1 400 Bad Request\r\n").contains("Connection: close");
        assertThat(client.peerClosed()).isTrue();
    }

    private void assertNothingLeft() {
        assertThat(engines.onServer(Counter.CONNECTIONS))
                .as("connections on the server")
                .isZero();
        assertThat(engines.onServer(Counter.SYN_QUEUE_ENTRIES))
                .as("half-open connections")
                .isZero();
        assertThat(engines.onClient(Counter.CONNECTIONS))
                .as("connections on the client")
                .isZero();
    }
}
