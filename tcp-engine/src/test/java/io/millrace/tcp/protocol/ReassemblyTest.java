package io.millrace.tcp.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tcp.Seed;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Text that comes before its turn: RFC 9293 §3.10.7.4 SHLD-31, RFC 2018. */
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
                < A ack 1 <TS, sack 401:411 101:111 201:211>
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
                < A ack 1 <sack 91:391>
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
                < A ack 1 <sack 51:251>
                > A seq 1 text 60
                < A ack 251
                """);
    }

    @Test
    void shouldTakeOnlyWhatIsNewOfOverlaps() {
        run(SINK + """
                > A seq 101 text 100
                skip
                > A seq 151 text 100
                < A ack 1 <sack 101:251>
                > A seq 51 text 60
                < A ack 1 <sack 51:251>
                > A seq 101 text 100
                < A ack 1 <sack 51:251>
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
                < A ack 1 <sack 91:111>
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
                < A ack 701 <>
                event data 700
                """);
    }

    @RepeatedTest(20)
    void shouldDeliverAndReportWhateverShapesCome() {
        final SplittableRandom random = Seed.random();
        final int total = 3_000;
        final BitSet received = new BitSet();
        run("isn " + random.nextInt() + "\n" + SINK);
        while (received.cardinality() < total) {
            final int from = random.nextInt(total);
            final int length = 1 + random.nextInt(Math.min(total - from, 1 + random.nextInt(1_400)));
            run("""
                    skip
                    > A seq %d text %d
                    +50ms
                    """.formatted(1 + from, length));
            received.set(from, from + length);
            assertReported(received, from);
        }
        run("event data " + total);
    }

    /** The last ACK must name all that has come; where more than four blocks wait, the one of the newest segment first. */
    private void assertReported(final BitSet received, final int newest) {
        final int rcvNxt = received.nextClearBit(0);
        final List<String> blocks = new ArrayList<>();
        String first = null;
        for (int left = received.nextSetBit(rcvNxt); left >= 0; ) {
            final int right = received.nextClearBit(left);
            final String block = (1 + left) + ":" + (1 + right);
            blocks.add(block);
            if (newest >= left && newest < right) {
                first = block;
            }
            left = received.nextSetBit(right);
        }
        final List<String> reported = talk().lastSack(1 + rcvNxt);
        assertThat(reported).hasSize(Math.min(4, blocks.size()));
        assertThat(blocks).containsAll(reported);
        if (first != null) {
            assertThat(reported.getFirst()).isEqualTo(first);
        }
    }
}
