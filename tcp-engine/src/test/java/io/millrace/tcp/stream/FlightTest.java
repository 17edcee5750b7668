package io.millrace.tcp.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tcp.Seed;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The scoreboard: ranges against a model that has the fate of every single number. */
@Tag("D3")
class FlightTest {
    private static final int MSS = 10;

    private final RecordSlab connections = new RecordSlab("connections", 4, TcbLayout.LENGTH);
    private final RecordSlab ranges = new RecordSlab("ranges", 64, Flight.RECORD_LENGTH);
    private final Flight flight = new Flight(ranges);
    private final Delivery delivery = new Delivery();
    private final Tcb tcb = new Tcb();

    @BeforeEach
    void open() {
        final int slot = connections.allocate();
        tcb.wrap(slot, connections.address(slot)).reset();
        tcb.mss(MSS);
    }

    @AfterEach
    void close() {
        flight.clear(tcb);
        assertThat(ranges.allocated()).as("records not given back").isZero();
        ranges.close();
        connections.close();
    }

    private void begin() {
        delivery.begin(1_000_000, 1_000, tcb.sndUna(), 0);
    }

    /** The list as text: {@code [0:30 S2]} is SACKED, of two segments; L is lost, R sent again. */
    private List<String> list() {
        final List<String> list = new ArrayList<>();
        for (int slot = flight.head(tcb); slot != Flight.NONE; slot = flight.next(slot)) {
            final int fate = flight.fate(slot);
            list.add(flight.seq(slot) + ":" + flight.end(slot) + " "
                    + ((fate & Flight.SACKED) != 0 ? "S" : "") + ((fate & Flight.LOST) != 0 ? "L" : "")
                    + ((fate & Flight.RESENT) != 0 ? "R" : "") + flight.segments(slot));
        }
        return list;
    }

    @Test
    void shouldMakeOneRangeOfABurst() {
        flight.add(tcb, 0, 10, 1, 5, 0);
        flight.add(tcb, 10, 20, 1, 5, 0);
        flight.add(tcb, 20, 30, 1, 6, 0);
        assertThat(list()).containsExactly("0:20 2", "20:30 1");
    }

    @Test
    void shouldCutAtTheEdgesOfABlockAndMergeWhatHasOneFate() {
        flight.add(tcb, 0, 50, 1, 5, 0);
        begin();
        flight.sack(tcb, 10, 20, delivery);
        flight.sack(tcb, 30, 40, delivery);
        assertThat(list()).containsExactly("0:10 1", "10:20 S1", "20:30 1", "30:40 S1", "40:50 1");
        flight.sack(tcb, 15, 35, delivery);
        assertThat(list()).containsExactly("0:10 1", "10:40 S3", "40:50 1");
        assertThat(delivery.bytes()).isEqualTo(30);
        assertThat(delivery.isReordered()).isTrue();
    }

    @Test
    void shouldJoinWhatIsSentAgainInOneBurst() {
        flight.add(tcb, 0, 50, 1, 5, 0);
        flight.lose(tcb, Flight.NONE, flight.head(tcb));
        flight.resent(tcb, Flight.NONE, flight.head(tcb), 10, 9);
        flight.resent(tcb, flight.head(tcb), flight.next(flight.head(tcb)), 20, 9);
        assertThat(list()).containsExactly("0:20 R2", "20:50 L1");
    }

    @Test
    void shouldGoOnWithoutRecords() {
        int seq = 0;
        for (; flight.hasRoom(tcb) && seq < 10_000; seq += MSS) {
            flight.add(tcb, seq, seq + MSS, 1, seq, 0);
        }
        assertThat(seq).as("the last range takes in what follows").isEqualTo(10_000);
        begin();
        flight.sack(tcb, 5, 7, delivery);
        assertThat(delivery.bytes()).as("not noted, for want of records").isZero();
        flight.sack(tcb, 0, 20, delivery);
        assertThat(delivery.bytes()).isEqualTo(20);
    }

    @RepeatedTest(50)
    void shouldAgreeWithAModelOfEveryNumber() {
        final SplittableRandom random = Seed.random();
        final int base = random.nextInt();
        final int[] fate = new int[3_000];
        final int[] sent = new int[3_000];
        tcb.sndUna(base);
        int una = 0;
        int end = 0;
        for (int now = 0; now < 400; now++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    final int until = Math.min(3_000, end + 1 + random.nextInt(3 * MSS));
                    if (until > end && ranges.allocated() < ranges.capacity()) {
                        flight.add(tcb, base + end, base + until, 1, now, 0);
                        Arrays.fill(sent, end, until, now);
                        end = until;
                    }
                }
                case 2 -> {
                    una = Math.min(end, una + random.nextInt(MSS));
                    tcb.sndUna(base + una);
                    begin();
                    flight.acknowledge(tcb, delivery);
                }
                case 3 -> sack(random, base, una, end, fate);
                case 4 -> lose(random, fate, base);
                default -> resend(random, fate, sent, base, now);
            }
            check(base, una, end, fate, sent);
        }
    }

    private void sack(final SplittableRandom random, final int base, final int una, final int end, final int[] fate) {
        if (end == una || ranges.allocated() > ranges.capacity() - 4) {
            return;
        }
        final int left = una + random.nextInt(end - una);
        final int right = Math.min(end, left + 1 + random.nextInt(2 * MSS));
        int news = 0;
        for (int i = left; i < right; i++) {
            news += (fate[i] & Flight.SACKED) == 0 ? 1 : 0;
            fate[i] = Flight.SACKED;
        }
        begin();
        flight.sack(tcb, base + left, base + right, delivery);
        assertThat(delivery.bytes()).isEqualTo(news);
    }

    private void lose(final SplittableRandom random, final int[] fate, final int base) {
        int previous = Flight.NONE;
        for (int slot = flight.head(tcb); slot != Flight.NONE; slot = flight.next(slot)) {
            if ((flight.fate(slot) & (Flight.SACKED | Flight.LOST)) == 0 && random.nextInt(3) == 0) {
                for (int i = flight.seq(slot) - base; i < flight.end(slot) - base; i++) {
                    fate[i] = Flight.LOST;
                }
                slot = flight.lose(tcb, previous, slot);
            }
            previous = slot;
        }
    }

    private void resend(
            final SplittableRandom random, final int[] fate, final int[] sent, final int base, final int now) {
        int previous = Flight.NONE;
        for (int slot = flight.head(tcb); slot != Flight.NONE; slot = flight.next(slot)) {
            if ((flight.fate(slot) & Flight.LOST) != 0 && ranges.allocated() < ranges.capacity()) {
                final int from = flight.seq(slot) - base;
                final int until = Math.min(flight.end(slot) - base, from + 1 + random.nextInt(MSS));
                for (int i = from; i < until; i++) {
                    fate[i] = Flight.RESENT;
                    sent[i] = now;
                }
                flight.resent(tcb, previous, slot, base + until, now);
                return;
            }
            previous = slot;
        }
    }

    private void check(final int base, final int una, final int end, final int[] fate, final int[] sent) {
        int at = una;
        int last = Flight.NONE;
        for (int slot = flight.head(tcb); slot != Flight.NONE; slot = flight.next(slot)) {
            assertThat(flight.seq(slot) - base).as("no gap").isEqualTo(at);
            assertThat(flight.segments(slot)).isPositive();
            for (; at < flight.end(slot) - base; at++) {
                final int expected = fate[at];
                final int actual = flight.fate(slot);
                // What was sent again and lost is both; whether it is both or merged with such does not matter.
                assertThat(actual & (Flight.SACKED | Flight.LOST)).isEqualTo(expected & (Flight.SACKED | Flight.LOST));
                if ((expected & (Flight.SACKED | Flight.LOST)) == 0) {
                    assertThat(actual & Flight.RESENT).isEqualTo(expected & Flight.RESENT);
                    assertThat(flight.sent(slot)).isEqualTo(sent[at]);
                }
            }
            last = slot;
        }
        assertThat(at).isEqualTo(end);
        if (last != Flight.NONE) {
            assertThat(flight.last(tcb)).isEqualTo(last);
        }
    }
}
