package io.millrace.bench.blast;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.apps.App;
import io.millrace.apps.EnginePair;
import io.millrace.bench.load.ArrivalSchedule;
import io.millrace.bench.load.Conversation;
import io.millrace.bench.load.RateGenerator;
import io.millrace.bench.load.SourceAddresses;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Clients without state, at an engine over a cable in memory")
class StatelessClientTest {
    private static final int PORT = 9;
    private static final int WINDOW = 50;
    private static final int RATE = 1_000;

    private EnginePair engines;
    private BlastPort blast;

    private void open(final boolean ipv6, final ArrivalSchedule schedule) {
        final IpAddress server = ipv6 ? EnginePair.SERVER_IPV6 : EnginePair.SERVER;
        final RateGenerator generator = new RateGenerator(
                server,
                PORT,
                10,
                new SourceAddresses(IpPrefix.parse(ipv6 ? "fd00:64::/112" : "10.64.0.0/16"), 101),
                Conversation.SERVER_CLOSES,
                new ArrivalSchedule(10));
        engines = new EnginePair(generator, port -> blasting(port, server, ipv6, schedule));
        engines.serve(App.CLOSE, PORT);
        // until its IPv6 address is known to be nobody else's
        engines.run(3_000);
        generator.start();
        // the server asks who its gateway is
        engines.run(1_500);
    }

    private PacketPort blasting(
            final PacketPort port, final IpAddress server, final boolean ipv6, final ArrivalSchedule schedule) {
        final OwnFlows flows = new OwnFlows(IpPrefix.parse(ipv6 ? "fd00:65::/112" : "10.65.0.0/16"), 1_009);
        blast = BlastPort.clients(
                port,
                SynFrames.plain(server, PORT),
                flows,
                schedule,
                WINDOW,
                () -> engines == null ? 0 : engines.nanoTime());
        return blast;
    }

    @ParameterizedTest(name = "IPv6: {0}")
    @ValueSource(booleans = {false, true})
    void shouldCompleteEveryConnectionInAClosedLoop(final boolean ipv6) {
        open(ipv6, null);
        final long before = engines.onServer(Counter.TIME_WAIT_ENTERED);
        blast.start();
        for (int i = 0; i < 1_000; i++) {
            engines.step();
            assertThat(blast.counts().sent() - blast.counts().closes()).isLessThanOrEqualTo(WINDOW);
        }
        blast.stop();
        engines.run(100);

        final BlastCounts counts = blast.counts();
        assertThat(counts.sent()).isGreaterThan(5_000);
        assertThat(counts.due()).isEqualTo(counts.sent());
        assertThat(counts.opens()).isEqualTo(counts.sent());
        assertThat(counts.closes()).isEqualTo(counts.sent());
        assertThat(counts.resets()).isZero();
        assertThat(engines.onServer(Counter.TIME_WAIT_ENTERED) - before)
                .as("those of the engine beside them included")
                .isBetween(counts.closes(), counts.closes() + 10);
        assertThat(engines.onServer(Counter.TCP_SEGMENTS_RETRANSMITTED)).isZero();
        assertThat(engines.onServer(Counter.DROP_TCP_CHECKSUM)).isZero();
        engines.close();
    }

    @ParameterizedTest(name = "IPv6: {0}")
    @ValueSource(booleans = {false, true})
    void shouldOfferWhatIsDueAndCompleteItAlthoughAnswersGetLost(final boolean ipv6) {
        open(ipv6, new ArrivalSchedule(RATE));
        blast.start();
        engines.run(500);
        engines.cutFor(20);
        // the server sends again what was not answered
        engines.run(10_000);
        blast.stop();
        engines.run(5_000);

        final BlastCounts counts = blast.counts();
        assertThat(counts.sent()).isBetween(10L * RATE, 11L * RATE);
        assertThat(counts.sent() - counts.closes())
                .as("SYNs lost while the cable was cut")
                .isBetween(1L, 25L);
        assertThat(engines.onServer(Counter.CONNECTIONS)).isZero();
        engines.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldForgetThoseWhoseSynWasLostAndOpenOthers(final boolean ipv6) {
        open(ipv6, null);
        blast.start();
        engines.cutFor(10);
        final long lost = blast.counts().sent();
        for (int i = 0; i < 5_000; i++) {
            engines.step(1_000_000); // the clients are as fast as they can be, and so never at rest
        }

        assertThat(lost).isEqualTo(WINDOW);
        assertThat(blast.counts().closes()).isPositive();
        engines.close();
    }
}
