package io.millrace.dataplane.reassembly;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.util.ArrayList;
import java.util.List;

/** Cuts whole packets into fragments, as a router on the way does. */
public final class TestFragments {
    /** The meta of an IPv4 fragment without options. */
    public static final int META4 = FrameMeta.of(FrameMeta.FRAGMENT4, 14, 34);
    /** The meta of an IPv6 fragment without extension headers before its fragment header. */
    public static final int META6 = FrameMeta.of(FrameMeta.FRAGMENT6, 14, 54);

    private final TestFrames frames;

    public TestFragments(final TestFrames frames) {
        this.frames = frames;
    }

    /** Cuts an IPv4 frame without options into pieces of {@code size} bytes, a multiple of 8; the frame is freed. */
    public List<Long> split(final long whole, final int identification, final int size) {
        final byte[] payload = bytes(whole, 34);
        final List<Long> pieces = new ArrayList<>();
        for (int at = 0; at < payload.length; at += size) {
            final int length = Math.min(size, payload.length - at);
            final boolean more = at + length < payload.length;
            pieces.add(ipv4(whole, identification, at, more, java.util.Arrays.copyOfRange(payload, at, at + length)));
        }
        frames.allocator.free(whole);
        return pieces;
    }

    /** One IPv4 fragment with the addresses and protocol of {@code like}. */
    public long ipv4(
            final long like, final int identification, final int offset, final boolean more, final byte[] payload) {
        final long mbuf = frames.frame(EtherType.IPV4, 20 + payload.length);
        Memory.copy(Mbuf.dataAddress(like), Mbuf.dataAddress(mbuf), 34);
        TestFrames.ip(mbuf)
                .totalLength(20 + payload.length)
                .identification(identification)
                .fragment(offset >>> 3 | (more ? Ipv4Header.MORE_FRAGMENTS : 0))
                .updateChecksum();
        put(mbuf, 34, payload);
        return mbuf;
    }

    /** One IPv6 fragment of a TCP segment between two fixed addresses. */
    public long ipv6(final int identification, final int offset, final boolean more, final byte[] payload) {
        return ipv6(new byte[0], 44, 6, identification, offset, more, payload);
    }

    /** The same with extension headers before the fragment header, the first of which is {@code first}. */
    public long ipv6(
            final byte[] extensions,
            final int first,
            final int next,
            final int identification,
            final int offset,
            final boolean more,
            final byte[] payload) {
        final int length = extensions.length + 8 + payload.length;
        final long mbuf = frames.frame(EtherType.IPV6, 40 + length);
        final long ip = Mbuf.dataAddress(mbuf) + 14;
        Memory.putIntBE(ip, 6 << 28);
        Memory.putShortBE(ip + 4, length);
        Memory.putByte(ip + 6, first);
        Memory.putByte(ip + 7, 64);
        Memory.putLongBE(ip + 8, 0xfd00L << 48);
        Memory.putLongBE(ip + 16, 2);
        Memory.putLongBE(ip + 24, 0xfd00L << 48);
        Memory.putLongBE(ip + 32, 1);
        put(mbuf, 54, extensions);
        final long header = ip + 40 + extensions.length;
        Memory.putByte(header, next);
        Memory.putShortBE(header + 2, offset | (more ? 1 : 0));
        Memory.putIntBE(header + 4, identification);
        put(mbuf, 54 + extensions.length + 8, payload);
        return mbuf;
    }

    /** The bytes of a frame from {@code offset} on. */
    public static byte[] bytes(final long mbuf, final int offset) {
        final byte[] bytes = new byte[Mbuf.dataLength(mbuf) - offset];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = Memory.getByte(Mbuf.dataAddress(mbuf) + offset + i);
        }
        return bytes;
    }

    private static void put(final long mbuf, final int offset, final byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            Memory.putByte(Mbuf.dataAddress(mbuf) + offset + i, bytes[i]);
        }
    }
}
