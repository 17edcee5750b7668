package io.millrace.tcp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** Frames of all kinds from a peer to us, as bytes, all right in themselves: for a test to send, to cut or to break. */
final class WireFrames {
    private static final byte[] ETHERNET = HexFormat.of().parseHex("020000000001020000000002");
    private static final byte[] US4 = {10, 0, 0, 1};
    private static final byte[] PEER4 = {10, 0, 0, 2};
    private static final byte[] US6 = HexFormat.of().parseHex("fd000000000000000000000000000001");
    private static final byte[] PEER6 = HexFormat.of().parseHex("fd000000000000000000000000000002");
    private static final int TCP = 6;

    private final Random random;
    private int identification;

    WireFrames(final Random random) {
        this.random = random;
    }

    /** Frames of one kind, picked at random: one, or the fragments of one. */
    List<byte[]> any() {
        final byte[] tcp = tcp();
        return switch (random.nextInt(9)) {
            case 0 -> List.of(ipv4(TCP, checked(tcp, PEER4, US4, TCP), 0, 0));
            case 1 -> List.of(ipv6(TCP, checked(tcp, PEER6, US6, TCP)));
            case 2 -> List.of(ipv4(1, checked(echo(8, random.nextInt(200)), 2), 0, 0));
            case 3 -> List.of(ipv6(58, checked6(echo(128, random.nextInt(200)))));
            case 4 -> List.of(arp());
            case 5 -> List.of(ipv4(17, new byte[8 + random.nextInt(40)], 0, 0));
            case 6 -> fragments4(TCP, checked(tcp, PEER4, US4, TCP));
            case 7 -> fragments4(1, checked(echo(8, 200 + random.nextInt(1200)), 2));
            default -> fragments6(checked(tcp, PEER6, US6, TCP));
        };
    }

    private byte[] tcp() {
        final ByteBuffer segment = ByteBuffer.allocate(20 + random.nextInt(300));
        segment.putShort((short) (1024 + random.nextInt(2000)))
                .putShort((short) (random.nextBoolean() ? 7 : 8))
                .putInt(random.nextInt())
                .putInt(random.nextInt())
                .putShort((short) (0x5000 | 1 << random.nextInt(6)))
                .putShort((short) 8000);
        return segment.array();
    }

    private byte[] echo(final int type, final int payload) {
        return ByteBuffer.allocate(8 + payload).put(0, (byte) type).array();
    }

    private byte[] arp() {
        return join(
                ETHERNET,
                HexFormat.of().parseHex("0806000108000604" + (random.nextBoolean() ? "0001" : "0002")),
                HexFormat.of().parseHex("020000000002"),
                PEER4,
                new byte[6],
                US4);
    }

    private byte[] ipv4(final int protocol, final byte[] payload, final int id, final int fragment) {
        final ByteBuffer ip = ByteBuffer.allocate(20);
        ip.put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload.length));
        ip.putShort((short) id)
                .putShort((short) fragment)
                .put((byte) 64)
                .put((byte) protocol)
                .putShort((short) 0);
        ip.put(PEER4).put(US4);
        ip.putShort(10, (short) ~sum(ip.array(), 0));
        return join(ETHERNET, new byte[] {8, 0}, ip.array(), payload);
    }

    private byte[] ipv6(final int next, final byte[] payload) {
        final ByteBuffer ip = ByteBuffer.allocate(40);
        ip.putInt(6 << 28)
                .putShort((short) payload.length)
                .put((byte) next)
                .put((byte) 64)
                .put(PEER6)
                .put(US6);
        return join(ETHERNET, new byte[] {(byte) 0x86, (byte) 0xdd}, ip.array(), payload);
    }

    private List<byte[]> fragments4(final int protocol, final byte[] payload) {
        final List<byte[]> pieces = new ArrayList<>();
        final int id = identification++;
        for (int at = 0; at < payload.length; at += 64) {
            final byte[] piece = java.util.Arrays.copyOfRange(payload, at, Math.min(payload.length, at + 64));
            pieces.add(ipv4(protocol, piece, id, at >>> 3 | (at + 64 < payload.length ? 0x2000 : 0)));
        }
        return pieces;
    }

    private List<byte[]> fragments6(final byte[] payload) {
        final List<byte[]> pieces = new ArrayList<>();
        final int id = identification++;
        for (int at = 0; at < payload.length; at += 64) {
            final byte[] piece = java.util.Arrays.copyOfRange(payload, at, Math.min(payload.length, at + 64));
            final ByteBuffer header = ByteBuffer.allocate(8).put((byte) TCP).put((byte) 0);
            header.putShort((short) (at | (at + 64 < payload.length ? 1 : 0))).putInt(id);
            pieces.add(ipv6(44, join(header.array(), piece)));
        }
        return pieces;
    }

    /** Puts a VLAN tag into a frame. */
    static byte[] tagged(final byte[] frame, final int vlanId) {
        final byte[] tag = {(byte) 0x81, 0, (byte) (vlanId >>> 8), (byte) vlanId};
        return join(java.util.Arrays.copyOf(frame, 12), tag, java.util.Arrays.copyOfRange(frame, 12, frame.length));
    }

    private static byte[] checked(final byte[] data, final byte[] from, final byte[] to, final int protocol) {
        final int pseudo = sum(from, 0) + sum(to, 0) + protocol + data.length;
        ByteBuffer.wrap(data).putShort(16, (short) ~sum(data, pseudo));
        return data;
    }

    private static byte[] checked6(final byte[] message) {
        final int pseudo = sum(PEER6, 0) + sum(US6, 0) + 58 + message.length;
        ByteBuffer.wrap(message).putShort(2, (short) ~sum(message, pseudo));
        return message;
    }

    private static byte[] checked(final byte[] message, final int at) {
        ByteBuffer.wrap(message).putShort(at, (short) ~sum(message, 0));
        return message;
    }

    private static int sum(final byte[] data, final int start) {
        int sum = start;
        for (int i = 0; i < data.length; i++) {
            sum += (i & 1) == 0 ? (data[i] & 0xff) << 8 : data[i] & 0xff;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    private static byte[] join(final byte[]... parts) {
        final ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (final byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }
}
