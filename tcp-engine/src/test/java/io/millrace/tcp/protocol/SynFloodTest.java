package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.Seed;
import io.millrace.tcp.TcpListenerStats;
import io.millrace.tcp.conversation.Family;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** More SYNs than honest peers send: cookies, the limit of a network, and what goes first when the shard can't keep up. */
class SynFloodTest extends ConversationTest {
    private static final int HONEST = 1_000;
    private static final int FLOOD_FOR_EACH = 10;
    private static final int FIRST_FLOOD_PORT = 20_000;
    private static final int LAST_FLOOD_PORT = 65_535;
    private static final int FIRST_HONEST_PORT = 1_000;

    @Test
    @Tag("H11")
    void shouldLetEveryHonestPeerInAtItsFirstTryWhileTheSynQueueIsFull() {
        run("listen 7 echo");
        int flood = FIRST_FLOOD_PORT;
        for (int honest = 0; honest < HONEST; honest++) {
            for (int i = 0; i < FLOOD_FOR_EACH; i++) {
                talk().peer(flood++).offer("S seq 0 <mss 1460>");
                talk().pollOnce();
            }
            talk().peer(FIRST_HONEST_PORT + honest);
            run("""
                    > S seq 0 <mss 1460, sackOK, TS val 100 ecr 0, wscale 7>
                    < SA seq 0 ack 1
                    > A
                    event open
                    > PA text 5
                    event data 5
                    < PA seq 1 ack 6 text 5
                    > RA seq 6
                    event closed RESET
                    """);
            talk().forget();
        }
        assertThat(talk().count(Counter.SYNCOOKIES_RECEIVED)).isGreaterThan(HONEST - 10);
        assertThat(talk().count(Counter.TCP_PASSIVE_OPENS)).isEqualTo(HONEST);
    }

    /** Some host of a network far from the honest peer's. */
    private IpAddress stranger(final SplittableRandom random) {
        return family == Family.IPV4
                ? IpAddress.ofIpv4(0xc000_0200 | 1 + random.nextInt(250))
                : new IpAddress(0x2001_0db8_0000_0001L, random.nextLong());
    }

    @Test
    @Tag("H11")
    void shouldOpenAtTheFirstTryWhateverTheFloodDoesBetweenSynAndLastAck() {
        final SplittableRandom random = Seed.random();
        run("listen 7 echo");
        for (int i = 0; i < 100; i++) { // until the SYN queue is full
            talk().offerSyn(stranger(random), FIRST_FLOOD_PORT + i);
        }
        talk().poll();
        for (int honest = 0; honest < HONEST; honest++) {
            talk().peer(FIRST_HONEST_PORT + honest);
            run("> S seq 0 <mss 1460, sackOK, TS val 100 ecr 0, wscale 7>\n< SA seq 0 ack 1");
            for (int i = random.nextInt(2 * FLOOD_FOR_EACH + 1); i > 0; i--) {
                talk().offerSyn(stranger(random), FIRST_FLOOD_PORT + random.nextInt(40_000));
                if (random.nextInt(4) == 0) {
                    talk().pollOnce();
                }
            }
            run("""
                    > A
                    event open
                    > RA
                    event closed RESET
                    """);
            talk().forget();
        }
        assertThat(talk().count(Counter.TCP_SYNS_RECEIVED)).isGreaterThan(9L * HONEST);
        assertThat(talk().count(Counter.TCP_PASSIVE_OPENS)).isEqualTo(HONEST);
        assertThat(talk().engine().listeners().getFirst().cookiesReceived()).isEqualTo(HONEST);
    }

    @Test
    @Tag("H11")
    void shouldHoldOneNetworkToItsRateAndLeaveOthersAlone() {
        final SplittableRandom random = Seed.random();
        talk(config -> config.synsPerSecondPerPrefix(20)).run("listen 7 echo");
        int flood = 0;
        for (int honest = 0; honest < 20; honest++) {
            for (int i = 0; i < 50; i++) {
                talk().offerSyn(stranger(random), FIRST_FLOOD_PORT + random.nextInt(40_000));
                flood++;
            }
            talk().poll();
            talk().peer(FIRST_HONEST_PORT + honest);
            run("""
                    > S seq 0 <mss 1460>
                    < SA seq 0 ack 1
                    > A
                    event open
                    """);
        }
        assertThat(talk().count(Counter.SYNS_RATE_LIMITED)).isEqualTo(flood - 20);
        run("half-open 20");
    }

    @Test
    @Tag("H11")
    void shouldHoldASourceNetworkToItsRateWhereSoConfigured() {
        talk(config -> config.synsPerSecondPerPrefix(2)).run("""
                listen 7 echo
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                peer 40001
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                peer 40002
                > S seq 0 <mss 1460>
                silence
                count SYNS_RATE_LIMITED 1
                count LISTEN_DROPS 1
                half-open 2
                +500ms
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                peer 40001
                > A
                event open
                """);
    }

    private static final int CONNECTIONS = 50;
    private static final int SEGMENTS_A_MILLISECOND = 100;
    private static final int FLOOD_A_MILLISECOND = 300;

    /**
     * Three times as many SYNs come as the shard can process segments. What is processed costs, what is shed does not: that
     * is the model. Each millisecond an open connection sends text, and a half-open one its last ACK; how many of these find
     * no room in the queue, once the flood has lasted 40 ms?
     */
    private int lostToAFlood(final int standingQueueMs) {
        talk(config -> config.standingQueueMs(standingQueueMs).synQueueCapacity(1_000))
                .run("listen 7 sink backlog 1000");
        for (int i = 0; i < CONNECTIONS; i++) {
            talk().peer(FIRST_HONEST_PORT + i);
            run("""
                    > S seq 0 <mss 1460>
                    < SA seq 0 ack 1
                    > A
                    event open
                    """);
            talk().peer(FIRST_HONEST_PORT + CONNECTIONS + i);
            run("""
                    > S seq 0 <mss 1460>
                    < SA seq 0 ack 1
                    """);
        }
        int lost = 0;
        int flood = FIRST_FLOOD_PORT;
        for (int ms = 0; ms < 40 + CONNECTIONS; ms++) {
            flood = offerSyns(flood, FLOOD_A_MILLISECOND);
            if (ms >= 40) {
                talk().peer(FIRST_HONEST_PORT + ms - 40);
                lost += talk().offer("PA seq 1 text 5") ? 0 : 1;
                talk().peer(FIRST_HONEST_PORT + CONNECTIONS + ms - 40);
                lost += talk().offer("A") ? 0 : 1;
            }
            workForAMillisecond();
        }
        while (talk().pollOnce() > 0) {
            // the flood is over
        }
        assertThat(talk().count(Counter.TCP_PASSIVE_OPENS) + lost).isBetween(2L * CONNECTIONS, 3L * CONNECTIONS);
        return lost;
    }

    /** From ports that begin at one, and begin anew when there are no more; the port after the last. */
    private int offerSyns(final int first, final int number) {
        int port = first;
        for (int i = 0; i < number; i++) {
            talk().peer(port).offer("S seq 0 <mss 1460>");
            port = port == LAST_FLOOD_PORT ? FIRST_FLOOD_PORT : port + 1;
        }
        return port;
    }

    private void workForAMillisecond() {
        final long until = processed() + SEGMENTS_A_MILLISECOND;
        while (processed() < until && talk().pollOnce() > 0) {
            // until the millisecond is over, or all is done
        }
        talk().tick(1);
    }

    private long processed() {
        return talk().count(Counter.TCP_SEGMENTS_RECEIVED) - talk().count(Counter.SYNS_SHED);
    }

    @Test
    @Tag("H11")
    void shouldShedSynsAndNoSegmentOfAConnectionWhenOfferedMoreThanItCanDo() {
        assertThat(lostToAFlood(20)).isZero();
        assertThat(talk().count(Counter.TCP_PASSIVE_OPENS))
                .as("every last ACK was heard")
                .isEqualTo(2 * CONNECTIONS);
        assertThat(talk().count(Counter.SYNS_SHED)).isPositive();
        assertThat(talk().count(Counter.SYNCOOKIES_SENT) + talk().count(Counter.TCP_SYNS_RECEIVED))
                .as("and still some of the SYNs")
                .isPositive();
    }

    @Test
    @Tag("H11")
    void shouldLoseSegmentsOfConnectionsWhereItShedsNothing() {
        assertThat(lostToAFlood(0)).isGreaterThan(CONNECTIONS);
        assertThat(talk().count(Counter.SYNS_SHED)).isZero();
    }

    @Test
    @Tag("H11")
    void shouldStopSheddingSoonAfterItKeepsUpAgain() {
        run("listen 7 sink backlog 1000");
        int flood = FIRST_FLOOD_PORT;
        for (int ms = 0; ms < 60; ms++) {
            flood = offerSyns(flood, FLOOD_A_MILLISECOND);
            workForAMillisecond();
        }
        final long whileBehind = talk().count(Counter.SYNS_SHED);
        for (int ms = 0; ms < 100; ms++) {
            flood = offerSyns(flood, SEGMENTS_A_MILLISECOND - 10);
            workForAMillisecond();
        }
        final long after = talk().count(Counter.SYNS_SHED);
        for (int ms = 0; ms < 300; ms++) {
            flood = offerSyns(flood, SEGMENTS_A_MILLISECOND - 10);
            workForAMillisecond();
        }

        assertThat(whileBehind).isPositive();
        assertThat(talk().count(Counter.SYNS_SHED))
                .as("more SYNs at once than a batch holds are no queue that stands")
                .isEqualTo(after);
    }

    private void offerFlood(final SplittableRandom random, final int syns) {
        for (int i = 0; i < syns; i++) {
            talk().offerSyn(stranger(random), FIRST_FLOOD_PORT + random.nextInt(40_000));
        }
    }

    private void flood(final SplittableRandom random, final int millis) {
        for (int ms = 0; ms < millis; ms++) {
            offerFlood(random, FLOOD_A_MILLISECOND);
            workForAMillisecond();
        }
    }

    /** Of peers that send a SYN each to port 8, one in each millisecond of the flood, so many are half open then. */
    private int halfOpenOfHonest(final SplittableRandom random) {
        for (int i = 0; i < CONNECTIONS; i++) {
            offerFlood(random, FLOOD_A_MILLISECOND / 2);
            talk().peer(FIRST_HONEST_PORT + i).to(8).offer("S seq 0 <mss 1460>");
            offerFlood(random, FLOOD_A_MILLISECOND / 2);
            workForAMillisecond();
        }
        flood(random, 10);
        return talk().engine().listeners().stream()
                .filter(listener -> listener.port() == 8)
                .mapToInt(TcpListenerStats::halfOpen)
                .sum();
    }

    @Test
    @Tag("H11")
    void shouldAdmitFirstWhatWasShedBeforeAndComesAgain() {
        final SplittableRandom random = Seed.random();
        talk(config -> config.synQueueCapacity(3_000)).run("listen 8 sink backlog 1000\nlisten 7 sink backlog 1000");
        flood(random, 60);

        final int atFirstTry = halfOpenOfHonest(random);
        flood(random, 1_000 - CONNECTIONS);
        final int atSecond = halfOpenOfHonest(random);

        assertThat(atFirstTry).isBetween(1, CONNECTIONS - 10);
        assertThat(atSecond).isEqualTo(CONNECTIONS);
    }

    @Test
    @Tag("H11")
    void shouldShedNothingWhereEveryQueueRunsEmpty() {
        run("listen 7 echo backlog 1000");
        int port = FIRST_FLOOD_PORT;
        for (int ms = 0; ms < 100; ms++) {
            for (int i = 0; i < SEGMENTS_A_MILLISECOND; i++) {
                talk().peer(port++).offer("S seq 0 <mss 1460>");
            }
            while (talk().pollOnce() > 0) {
                // it keeps up
            }
            talk().tick(1);
        }
        assertThat(talk().count(Counter.SYNS_SHED)).isZero();
        assertThat(talk().count(Counter.TCP_SYNS_RECEIVED)).isEqualTo(100 * SEGMENTS_A_MILLISECOND);
    }
}
