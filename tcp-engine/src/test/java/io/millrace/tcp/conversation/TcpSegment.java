package io.millrace.tcp.conversation;

import java.nio.ByteBuffer;

/**
 * A segment as bytes on the wire, read and written without the engine's own code.
 *
 * @param sourcePort sender's port
 * @param destinationPort receiver's port
 * @param seq SEG.SEQ
 * @param ack SEG.ACK
 * @param flags the eight control bits
 * @param window the window field, not scaled
 * @param urgent the urgent pointer
 * @param options the options as they stand in the header
 * @param text the text
 */
record TcpSegment(
        int sourcePort,
        int destinationPort,
        int seq,
        int ack,
        int flags,
        int window,
        int urgent,
        byte[] options,
        byte[] text) {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int ACK = 16;
    private static final String LETTERS = "FSRPAUEW";
    private static final int HEADER = 20;

    /** Reads a segment; complains about a wrong checksum or a header that does not fit. */
    static TcpSegment read(final byte[] packet, final int at, final int source, final int destination) {
        final ByteBuffer in = ByteBuffer.wrap(packet, at, packet.length - at).slice();
        if (checksum(in.duplicate(), source, destination) != 0) {
            throw new AssertionError("the engine sent a wrong TCP checksum");
        }
        final int headerLength = (in.get(12) & 0xff) >> 4 << 2;
        final byte[] options = new byte[headerLength - HEADER];
        final byte[] text = new byte[in.limit() - headerLength];
        in.get(HEADER, options).get(headerLength, text);
        return new TcpSegment(
                in.getShort(0) & 0xffff,
                in.getShort(2) & 0xffff,
                in.getInt(4),
                in.getInt(8),
                in.get(13) & 0xff,
                in.getShort(14) & 0xffff,
                in.getShort(18) & 0xffff,
                options,
                text);
    }

    /** Header and text, checksum included. */
    byte[] write(final int source, final int destination) {
        final int headerLength = HEADER + options.length;
        final ByteBuffer out = ByteBuffer.allocate(headerLength + text.length);
        out.putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putInt(seq)
                .putInt(ack);
        out.put((byte) (headerLength << 2))
                .put((byte) flags)
                .putShort((short) window)
                .putShort((short) 0);
        out.putShort((short) urgent).put(options).put(text).flip();
        out.putShort(16, (short) checksum(out.duplicate(), source, destination));
        return out.array();
    }

    /** RFC 9293 §3.1; 0 over a segment whose checksum is right. */
    private static int checksum(final ByteBuffer segment, final int source, final int destination) {
        final int length = segment.remaining();
        long sum = (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff) + 6 + length;
        while (segment.remaining() > 1) {
            sum += segment.getShort() & 0xffff;
        }
        sum += segment.hasRemaining() ? (segment.get() & 0xff) << 8 : 0;
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }

    boolean is(final int bits) {
        return (flags & bits) != 0;
    }

    /** SEG.LEN. */
    int length() {
        return text.length + (is(SYN) ? 1 : 0) + (is(FIN) ? 1 : 0);
    }

    /** The control bits as letters, {@code SA}; a dot for none. */
    static String letters(final int flags) {
        final StringBuilder letters = new StringBuilder();
        for (final int bit : new int[] {1, 0, 2, 3, 4, 5, 6, 7}) {
            if ((flags & 1 << bit) != 0) {
                letters.append(LETTERS.charAt(bit));
            }
        }
        return letters.isEmpty() ? "." : letters.toString();
    }

    /** The control bits of letters in any order. */
    static int flags(final String letters) {
        int flags = 0;
        for (final char letter : letters.replace(".", "").toCharArray()) {
            final int bit = LETTERS.indexOf(letter);
            if (bit < 0) {
                throw new IllegalArgumentException("no flag is called " + letter + " in " + letters);
            }
            flags |= 1 << bit;
        }
        return flags;
    }
}
