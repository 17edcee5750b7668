package io.millrace.dataplane.nic;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.nic.NicLink.Arrival;
import io.millrace.dataplane.port.PortFeature;
import io.millrace.dataplane.port.TransmitChecksum;
import io.millrace.dpdk.MbufFlags;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Large segments that are left to a NIC to cut (TCP segmentation offload), seen from the other end of the cable. */
@Tag("nic")
@ParameterizedClass(name = "{0}")
@MethodSource("pairs")
class NicSegmentationTest {
    private static final int PIECE = 1440;
    /** Text of the segments: three pieces with one byte in the last, and up to what a packet holds. */
    private static final List<Integer> TEXTS = List.of(2 * PIECE + 1, 10_000, 30_000, 60_000);

    private static final int HEADERS = 60;

    private final NicPair pair;

    NicSegmentationTest(final NicPair pair) {
        this.pair = pair;
    }

    static Stream<NicPair> pairs() {
        return NicPair.all().stream();
    }

    @Test
    void shouldSendLargeSegmentsInPiecesWithTheirOwnNumbersAndChecksums() {
        try (NicLink link = NicLink.open(pair, config -> config.with(PortFeature.SEGMENTATION, true));
                NicFrames frames = new NicFrames(link.near().mac(), link.far().mac())) {
            final int most = link.near().capabilities().segmentation();
            System.out.println(pair + ": segmentation of packets of up to " + most + " bytes");
            assertThat(most > 0).as("cuts segments").isEqualTo(pair.model().cutsSegments());
            final TransmitChecksum checksum = new TransmitChecksum(link.near().capabilities());
            for (final int wanted : most == 0 ? List.<Integer>of() : TEXTS) {
                final int text = Math.min(wanted, most - HEADERS);
                final LargeSegment four = LargeSegment.of(frames.tcp4(0), true, text);
                final List<Arrival> pieces = link.exchange(
                        link.near(),
                        link.far(),
                        List.of(four.bytes()),
                        four.pieces(PIECE),
                        mbuf -> checksum.tcp4(mbuf, 14, four.tcpOffset(), PIECE));
                assertCut(four, pieces);
                System.out.println(pair + ": " + pieces.size() + " pieces of a segment, the last with PSH "
                        + four.isPushed(pieces.getLast().bytes()));
                final LargeSegment six = LargeSegment.of(frames.tcp6(0), false, text);
                assertCut(
                        six,
                        link.exchange(
                                link.near(),
                                link.far(),
                                List.of(six.bytes()),
                                six.pieces(PIECE),
                                mbuf -> checksum.tcp6(mbuf, 14, six.tcpOffset(), PIECE)));
            }
            assertThat(link.near().statistics().txErrors())
                    .as("segments refused by the driver")
                    .isZero();
        }
    }

    private static void assertCut(final LargeSegment segment, final List<Arrival> arrivals) {
        final int pieces = segment.pieces(PIECE);
        assertThat(arrivals)
                .as("pieces of a segment of %d bytes", segment.bytes().length)
                .hasSize(pieces);
        for (int i = 0; i < pieces; i++) {
            final Arrival arrival = arrivals.get(i);
            final byte[] piece = segment.piece(i, PIECE);
            assertThat(segment.comparable(arrival.bytes(), piece.length))
                    .as("piece %d of %d", i + 1, pieces)
                    .isEqualTo(piece);
            // Only the last one may say so, and loses it where QEMU 10 cuts by itself.
            assertThat(i < pieces - 1 && segment.isPushed(arrival.bytes()))
                    .as("PSH before the end")
                    .isFalse();
            assertThat(segment.hasGoodHeader(arrival.bytes()))
                    .as("header checksum")
                    .isTrue();
            final long l4 = arrival.flags() & MbufFlags.RX_L4_CHECKSUM_MASK;
            assertThat(l4).as("flags").isNotEqualTo(MbufFlags.RX_L4_CHECKSUM_BAD);
            // A virtual device may have left it out, and says so.
            assertThat(l4 == MbufFlags.RX_L4_CHECKSUM_NONE || segment.hasGoodText(arrival.bytes(), piece.length))
                    .as("TCP checksum of piece %d of %d", i + 1, pieces)
                    .isTrue();
        }
    }
}
