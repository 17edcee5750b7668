package io.millrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.apps.EnginePair;
import io.millrace.bench.load.Conversation.Side;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.wire.IpPrefix;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A conversation, over two engines and a cable in memory")
class ConversationTest {
    private static final int PORT = 9;
    private static final int CONCURRENCY = 100;

    @ParameterizedTest(name = "{0}: TIME_WAIT at the server {1}, at the client {2}, resets by peer {3} and {4}")
    @CsvSource({
        "server-fin-0,   true,  false, false, false",
        "server-fin-1,   true,  false, false, false",
        "server-fin-512, true,  false, false, false",
        "client-fin-0,   false, true,  false, false",
        "client-fin-1,   false, true,  false, false",
        "server-rst-0,   false, false, false, true",
        "client-rst-1,   false, false, true,  false",
    })
    void shouldEndAsItIsTold(
            final String word,
            final boolean serverWaits,
            final boolean clientWaits,
            final boolean serverIsReset,
            final boolean clientIsReset) {
        final Conversation conversation = Conversation.ofWord(word);
        final RateGenerator generator = new RateGenerator(
                EnginePair.SERVER,
                PORT,
                CONCURRENCY,
                new SourceAddresses(IpPrefix.parse("10.64.0.0/16"), 1_021),
                conversation,
                null);
        try (EnginePair engines = new EnginePair(generator)) {
            engines.serve(new ConversationServer(conversation), PORT);
            generator.start();
            for (int i = 0; i < 5_000; i++) {
                engines.step();
            }
            generator.stop();
            engines.run(3_000);

            final LoadCounts counts = generator.counts();
            assertThat(counts.attempts()).isGreaterThan(1_000);
            assertThat(counts.closes()).isEqualTo(counts.attempts());
            assertThat(counts.failures()).isZero();
            assertThat(engines.onServer(Counter.TIME_WAIT_ENTERED)).isEqualTo(serverWaits ? counts.closes() : 0);
            assertThat(engines.onClient(Counter.TIME_WAIT_ENTERED)).isEqualTo(clientWaits ? counts.closes() : 0);
            assertThat(engines.onServer(Counter.TCP_RESETS_BY_PEER)).isEqualTo(serverIsReset ? counts.closes() : 0);
            assertThat(engines.onClient(Counter.TCP_RESETS_BY_PEER)).isEqualTo(clientIsReset ? counts.closes() : 0);
            assertThat(engines.onServer(Counter.CONNECTIONS)).isZero();
            assertThat(engines.onClient(Counter.CONNECTIONS)).isZero();
        }
        assertThat(conversation.toWord()).isEqualTo(word);
        assertThat(conversation.closesFirst() == Side.SERVER).isEqualTo(serverWaits || clientIsReset);
    }
}
