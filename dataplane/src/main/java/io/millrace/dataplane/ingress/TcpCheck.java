package io.millrace.dataplane.ingress;

import static io.millrace.dpdk.MbufFlags.RX_IP_CHECKSUM_GOOD;
import static io.millrace.dpdk.MbufFlags.RX_IP_CHECKSUM_MASK;
import static io.millrace.dpdk.MbufFlags.RX_L4_CHECKSUM_BAD;
import static io.millrace.dpdk.MbufFlags.RX_L4_CHECKSUM_GOOD;
import static io.millrace.dpdk.MbufFlags.RX_L4_CHECKSUM_MASK;
import static io.millrace.dpdk.MbufFlags.RX_L4_CHECKSUM_UNKNOWN;

import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.TcpHeader;
import io.millrace.memory.Memory;

/** Checks a TCP segment over either family. Any thread; allocates nothing. */
final class TcpCheck {
    private TcpCheck() {}

    /**
     * 0 when header length and checksum are right, else the reason's code.
     *
     * @param pseudo the pseudo header's sum
     * @param acceptPartial whether a checksum that holds the pseudo header's sum only is right
     */
    static int check(
            final long tcp, final int length, final long pseudo, final long offloadFlags, final boolean acceptPartial) {
        if (length < TcpHeader.MIN_LENGTH) {
            return DropReason.TCP_TRUNCATED.code();
        }
        final int dataOffset = Memory.getUnsignedByte(tcp + 12) >>> 4 << 2;
        if (dataOffset < TcpHeader.MIN_LENGTH || dataOffset > length) {
            return DropReason.TCP_DATA_OFFSET.code();
        }
        final long checksum = offloadFlags & RX_L4_CHECKSUM_MASK;
        if (checksum == RX_L4_CHECKSUM_BAD
                || checksum == RX_L4_CHECKSUM_UNKNOWN && !isChecksumValid(tcp, length, pseudo, acceptPartial)) {
            return DropReason.TCP_CHECKSUM.code();
        }
        return 0;
    }

    /** What a device has said of checksums, but for those that it called good: of these it has said nothing. */
    static long withoutGood(final long offloadFlags) {
        final long ip = (offloadFlags & RX_IP_CHECKSUM_MASK) == RX_IP_CHECKSUM_GOOD ? RX_IP_CHECKSUM_MASK : 0;
        final long l4 = (offloadFlags & RX_L4_CHECKSUM_MASK) == RX_L4_CHECKSUM_GOOD ? RX_L4_CHECKSUM_MASK : 0;
        return offloadFlags & ~(ip | l4);
    }

    private static boolean isChecksumValid(
            final long tcp, final int length, final long pseudo, final boolean acceptPartial) {
        return InternetChecksum.isValid(pseudo + InternetChecksum.sum(tcp, length))
                || acceptPartial && Memory.getShortBE(tcp + 16) == InternetChecksum.uncomplemented(pseudo);
    }
}
