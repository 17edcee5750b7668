package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.tcp.Seed;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.conversation.Conversation;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;

/**
 * A peer that sends nearly anything at any time, and applications that do anything: the engine never fails, and in the end
 * holds nothing.
 */
@Tag("H14")
class NonsenseTest extends ConversationTest {
    private static final int STEPS = 3_000;
    /** Of the peer's ports, the first that the engine connects to. */
    private static final int FIRST_ACTIVE = 41_000;

    private static final int[] LISTENING = {1, 2, 3, 4, 5};
    private static final String LISTENERS = """
            listen 1 echo
            listen 2 sink backlog 3
            listen 3 hold backlog 2 drop-oldest
            listen 4 close backlog 2 manual
            listen 5 later
            """;
    private static final String LETTERS = "FSRPAUEW";

    private final SplittableRandom random = Seed.random();

    @RepeatedTest(20)
    void shouldNeitherFailNorLeak() {
        final Conversation talk = talk(config -> config.receiveBufferBytes(8_000)
                        .sendBufferBytes(8_000)
                        .maxConnections(20)
                        .timeWaitCapacity(10)
                        .timeWaitIpv6Capacity(10)
                        .finWait2Ms(2_000)
                        .timeWaitMs(1_000)
                        .dataRetries(3))
                .nonsense();
        run(LISTENERS);
        for (int step = 0; step < STEPS; step++) {
            step(talk);
            if (step % 100 == 0) {
                talk.forget();
            }
        }
        assertThat(talk.count(Counter.TCP_PASSIVE_OPENS)).isPositive();
        assertThat(talk.count(Counter.TCP_ACTIVE_OPENS)).isPositive();
        // Time heals everything that the applications do not hold on to.
        for (final int port : LISTENING) {
            run("unlisten " + port);
        }
        run("+100ms");
        talk.forget();
        talk.abortAll();
        run("""
                +300s
                connections 0
                half-open 0
                time-wait 0
                waiting 0
                """);
    }

    private void step(final Conversation talk) {
        talk.peer(random.nextInt(4) == 0 ? FIRST_ACTIVE + random.nextInt(3) : 40_000 + random.nextInt(6));
        switch (random.nextInt(16)) {
            case 0 -> talk.advance(1 + random.nextInt(50));
            case 1 -> talk.advance(random.nextInt(1_500));
            case 2, 6 -> act(talk.currentConnection(), talk);
            case 3 -> run("accept 4");
            case 4, 5 -> handshake(talk);
            default -> run("> " + segment(talk));
        }
    }

    /** An honest one, unless the port still has a connection: then both go on as they can. */
    private void handshake(final Conversation talk) {
        if (talk.peerPort() >= FIRST_ACTIVE) {
            connect(talk);
            return;
        }
        if (talk.currentConnection() != null && random.nextInt(4) > 0) {
            return;
        }
        run("""
                renew %d
                to %d
                > S seq 0 win %d <mss %d%s>
                > A seq 1 win %d
                """.formatted(
                        random.nextInt(),
                        LISTENING[random.nextInt(LISTENING.length)],
                        random.nextInt(0x10000),
                        1 + random.nextInt(1_460),
                        random.nextBoolean() ? ", sackOK, TS val 5 ecr 0, wscale 2" : "",
                        random.nextInt(0x10000)));
    }

    /** The engine opens; or the peer answers, or has opened at the same time. */
    private void connect(final Conversation talk) {
        if (talk.currentConnection() == null) {
            talk.connectWith(talk.peerPort(), talk.loop().defaultConnectionOptions());
        } else {
            run(random.nextBoolean() ? "> SA seq 0 ack 1 <mss 900>" : "> S seq 0 <mss 900>");
        }
    }

    private String segment(final Conversation talk) {
        final StringBuilder flags = new StringBuilder(random.nextInt(4) == 0 ? "" : "A");
        for (int i = random.nextInt(3); i > 0; i--) {
            flags.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        final StringBuilder line = new StringBuilder(flags.isEmpty() ? "." : flags);
        line.append(" seq =").append(number(talk.peerSndNxt()));
        line.append(" ack =").append(number(talk.engineSndNxt()));
        line.append(" win ").append(random.nextInt(4) == 0 ? 0 : random.nextInt(0x10000));
        line.append(" text ").append(random.nextInt(3) == 0 ? random.nextInt(1_400) : 0);
        if (random.nextInt(8) == 0) {
            final byte[] options = new byte[random.nextInt(40)];
            for (int i = 0; i < options.length; i++) {
                options[i] = (byte) (random.nextBoolean() ? random.nextInt(12) : random.nextInt());
            }
            line.append(options.length == 0 ? " <>" : " <raw " + HexFormat.of().formatHex(options) + ">");
        }
        return line.toString();
    }

    /** A number near the one that would be right. */
    private long number(final int right) {
        final int number = switch (random.nextInt(5)) {
            case 0 -> right + random.nextInt(2_000) - 1_000;
            case 1 -> right + random.nextInt(5) - 2;
            case 2 -> random.nextInt(8) == 0 ? random.nextInt() : right;
            default -> right;
        };
        return number & 0xffff_ffffL;
    }

    private void act(final TcpConnection connection, final Conversation talk) {
        if (connection == null) {
            return;
        }
        switch (random.nextInt(8)) {
            case 0 -> connection.close();
            case 1 -> connection.abort();
            case 2 -> connection.shutdownOutput();
            case 3 -> connection.resume();
            case 4 -> run("app take 500");
            default -> talk.writeSome(random.nextInt(5_000));
        }
        talk.poll();
    }
}
