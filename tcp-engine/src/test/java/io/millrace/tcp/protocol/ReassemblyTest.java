package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tcp.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Text that comes before its turn, or twice: RFC 9293 §3.10.7.4 SHLD-31, RFC 2018, RFC 2883. */
@Tag("D1")
class ReassemblyTest extends ConversationTest {
    private static final String SINK = """
            listen 7 sink
            > S seq 0 <mss 1460, sackOK>
            < SA
            > A
            event open
            """;

    @Test
    void shouldNameTheNewestBlockFirstAndMergeNeighbours() {
        run(SINK + """
                > A seq 101 text 100
                < A ack 1 <sack 101:201>
                > A seq 401 text 100
                < A ack 1 <sack 401:501 101:201>
                > A seq 201 text 100
                < A ack 1 <sack 101:301 401:501>
                > A seq 1 text 100
                < A ack 301 <sack 401:501>
                > A seq 301 text 100
                < A ack 501 <>
                event data 500
                """);
    }

    @Test
    void shouldNameThreeBlocksBesideTimestamps() {
        run("""
                listen 7 sink
                > S seq 0 <mss 1460, sackOK, TS val 1 ecr 0>
                < SA
                > A
                > A seq 101 text 10
                > A seq 201 text 10
                > A seq 301 text 10
                skip
                > A seq 401 text 10
                < A ack 1 <TS, sack 401:411 301:311 201:211>
                """);
    }

    @Test
    void shouldKeepEveryNewPieceOfASegmentThatSpansSeveral() {
        run(SINK + """
                > A seq 101 text 10
                > A seq 201 text 10
                > A seq 301 text 10
                skip
                > A seq 91 text 300
                < A ack 1 <sack 101:111 91:391>  # the first that came twice, and where it belongs
                > A seq 1 text 90
                < A ack 391 <>
                event data 390
                """);
    }

    @Test
    void shouldKeepBothEndsOfASegmentAroundAnother() {
        run(SINK + """
                > A seq 101 text 100
                skip
                > A seq 51 text 200
                < A ack 1 <sack 101:201 51:251>
                > A seq 1 text 60
                < A ack 251 <sack 51:61>
                """);
    }

    @Test
    void shouldTakeOnlyWhatIsNewOfOverlaps() {
        run(SINK + """
                > A seq 101 text 100
                skip
                > A seq 151 text 100
                < A ack 1 <sack 151:201 101:251>
                > A seq 51 text 60
                < A ack 1 <sack 101:111 51:251>
                > A seq 101 text 100
                < A ack 1 <sack 101:201 51:251>
                > A seq 1 text 50
                < A ack 251
                event data 250
                """);
    }

    @Test
    @Tag("C4")
    void shouldKeepAFinBehindTextThatIsReplaced() {
        run(SINK + """
                > FA seq 101 text 10
                skip
                > A seq 91 text 20
                < A ack 1 <sack 101:111 91:111>
                > A seq 1 text 90
                < A ack 112
                event data 110
                event end
                """);
    }

    @Test
    @Tag("C4")
    void shouldKeepALoneFin() {
        run(SINK + """
                > FA seq 11
                < A ack 1
                > FA seq 11
                < A ack 1
                > A seq 1 text 10
                < A ack 12
                event data 10
                event end
                """);
    }

    @Test
    @Tag("C4")
    void shouldIgnoreTextThatIsQueuedBehindAFin() {
        run(SINK + """
                > A seq 21 text 10
                > FA seq 11 text 5
                > A seq 16 text 10
                skip
                > A seq 1 text 10
                < A ack 17
                event data 15
                event end
                silence 1s
                no event
                """);
    }

    @Test
    void shouldTakeSegmentsOfAllShapesAcrossTheWrap() {
        run("""
                isn 4294967000
                """ + SINK + """
                > A seq 401 text 200
                > A seq 201 text 500
                > A seq 101 text 50
                skip
                > A seq 1 text 220
                < A ack 701 <sack 101:151>
                event data 700
                """);
    }

    @Test
    void shouldRepeatTheBlocksReportedLastInTheirOrder() {
        run(SINK + """
                > A seq 101 text 10
                > A seq 201 text 10
                > A seq 301 text 10
                > A seq 401 text 10
                skip
                > A seq 501 text 10
                < A ack 1 <sack 501:511 401:411 301:311 201:211>
                > A seq 111 text 10
                < A ack 1 <sack 101:121 501:511 401:411 301:311>
                > A seq 1 text 100
                < A ack 121 <sack 501:511 401:411 301:311 201:211>
                """);
    }

    @Test
    void shouldTellOfTextThatIsAcknowledgedAlready() {
        run(SINK + """
                > A seq 1 text 100
                +40ms < A ack 101 <>
                > A seq 1 text 100
                < A ack 101 <sack 1:101>
                > A seq 51 text 60
                < A ack 111 <sack 51:101>
                > A seq 201 text 10
                < A ack 111 <sack 201:211>
                > A seq 91 text 10
                < A ack 111 <sack 91:101 201:211>
                > A seq 201 text 10
                < A ack 111 <sack 201:211 201:211>
                count TCP_DSACK_OLD_SENT 3
                count TCP_DSACK_OUT_OF_ORDER_SENT 1
                """);
    }

    @Test
    void shouldReportByItselfWhatTextHasNoRoomFor() {
        run(SINK.replace("sink", "echo") + """
                > A seq 101 text 10
                < A ack 1 <sack 101:111>
                > A seq 1 text 10
                < A ack 11 <sack 101:111>
                < PA ack 11 text 10 <>
                """);
    }

    @Test
    void shouldNotTellAPeerThatDoesNotSpeakSack() {
        run(SINK.replace(", sackOK", "") + """
                > A seq 1 text 100
                +40ms < A ack 101 <>
                > A seq 1 text 100
                < A ack 101 <>
                > A seq 201 text 100
                < A ack 101 <>
                """);
    }

    @Test
    void shouldKeepNoMoreThanAnEighthOfThePortsFramesAndCopyTheRest() {
        run(SINK);
        for (int i = 0; i < 400; i++) {
            run("> A seq %d text 10".formatted(11 + 20 * i));
        }
        run("""
                skip
                count OUT_OF_ORDER_QUEUED 400
                count OUT_OF_ORDER_COPIED 144        # of 2,048 frames 256 are kept
                """);
        for (int i = 0; i < 400; i++) {
            run("> A seq %d text 10".formatted(1 + 20 * i));
        }
        run("""
                event data 8000
                count OUT_OF_ORDER_DROPS 0
                """);
    }

    @Test
    void shouldRefuseWhatFindsNoRoomAndTakeItWhenItComesAgain() {
        run(SINK);
        for (int i = 0; i < 520; i++) {
            run("> A seq %d text 10".formatted(11 + 20 * i));
        }
        run("""
                skip
                count OUT_OF_ORDER_QUEUED 512
                count OUT_OF_ORDER_DROPS 8
                > A seq 1 text 9500
                +50ms
                > A seq 9501 text 1000
                event data 10500
                """);
    }

    @RepeatedTest(20)
    void shouldDeliverAndReportWhateverShapesCome() {
        final SplittableRandom random = Seed.random();
        final int total = 3_000;
        final int[] arrival = new int[total];
        final BitSet received = new BitSet();
        run("isn " + random.nextInt() + "\n" + SINK);
        for (int number = 1; received.cardinality() < total; number++) {
            final int from = random.nextInt(total);
            final int length = 1 + random.nextInt(Math.min(total - from, 1 + random.nextInt(1_400)));
            run("""
                    skip
                    > A seq %d text %d
                    +50ms
                    """.formatted(1 + from, length));
            final List<String> expected = new ArrayList<>();
            final int twice = firstTwice(received, from, from + length);
            if (twice >= 0) {
                // Acknowledged numbers end at RCV.NXT, even where what follows came before, too.
                final int rcvNxt = received.nextClearBit(0);
                final int end = Math.min(received.nextClearBit(twice), from + length);
                expected.add(block(twice, twice < rcvNxt ? Math.min(end, rcvNxt) : end));
            }
            received.set(from, from + length);
            for (int i = from; i < from + length; i++) {
                arrival[i] = number;
            }
            expected.addAll(runs(received, arrival));
            assertThat(talk().lastSack(1 + received.nextClearBit(0)))
                    .isEqualTo(expected.subList(0, Math.min(4, expected.size())));
        }
        run("event data " + total);
    }

    private static int firstTwice(final BitSet received, final int from, final int to) {
        final int first = received.nextSetBit(from);
        return first < to ? first : -1;
    }

    /** What waits, the run that something came to last first. */
    private static List<String> runs(final BitSet received, final int[] arrival) {
        final TreeMap<Integer, String> byArrival = new TreeMap<>(Comparator.reverseOrder());
        for (int left = received.nextSetBit(received.nextClearBit(0)); left >= 0; ) {
            final int right = received.nextClearBit(left);
            byArrival.put(Arrays.stream(arrival, left, right).max().orElseThrow(), block(left, right));
            left = received.nextSetBit(right);
        }
        return List.copyOf(byArrival.values());
    }

    private static String block(final int left, final int right) {
        return (1 + left) + ":" + (1 + right);
    }
}
