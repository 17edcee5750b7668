package io.millrace.tcp.protocol;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Segment sizes that follow the path down and up again: RFC 1191 §6.3, RFC 4821 §7.7. What routers say is tested elsewhere. */
@Tag("D6")
class PathMtuTest extends ConversationTest {
    private static final String SINK = OPEN.replace("echo", "sink");

    @Test
    void shouldGrowBackTenMinutesAfterARouterMadeThemSmaller() {
        run(SINK + """
                app write 1460
                < PA text 1460
                icmp too-big mtu 1300 seq 1 text 1460
                """ + "skip\n> A ack 1461\n" + """
                app write 1460
                skip
                > A ack 2921
                +590s
                app write 1460
                skip
                > A ack 4381
                app write 3000
                skip
                > A ack 7381
                +11s
                app write 10
                < PA text 10
                > A ack 7391                   # text that is acknowledged is what raises it
                app write 1460
                < PA text 1460
                > A ack 8851
                count PATH_MTU_RAISED 1
                """);
    }

    @Test
    void shouldTrySmallerSegmentsWhereLargeOnesVanish() {
        run(SINK + """
                app write 2920
                < A seq 1 text 1460
                < PA seq 1461 text 1460
                +1s < A seq 1 text 1460
                +2s < A seq 1 text 1460
                +4s < A seq 1 text 1220
                > A ack 1221
                < A seq 1221 text 1220
                count PATH_MTU_BLACK_HOLES 1
                """);
    }

    @Test
    void shouldNotBlameTheSizeOfSmallSegments() {
        run(SINK + """
                app write 1200
                < PA seq 1 text 1200
                +1s < PA seq 1 text 1200
                +2s < PA seq 1 text 1200
                +4s < PA seq 1 text 1200
                +8s < PA seq 1 text 1200
                count PATH_MTU_BLACK_HOLES 0
                """);
    }
}
