package io.millrace.tcp.conversation;

import io.millrace.dataplane.wire.IpAddress;
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
 * @param ecn the ECN codepoint of the IP header: 0, or 2 for ECT(0), 3 for CE
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
        int ecn,
        byte[] options,
        byte[] text) {
    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int ACK = 16;
    static final int PROTOCOL = 6;
    private static final String LETTERS = "FSRPAUEW";
    private static final int HEADER = 20;

    /** Reads a segment, the sum of whose pseudo header is given; complains about a wrong checksum. */
    static TcpSegment read(final ByteBuffer segment, final int ecn, final long pseudoHeader) {
        final ByteBuffer in = segment.slice();
        if (Family.checksum(in, pseudoHeader) != 0) {
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
                ecn,
                options,
                text);
    }

    /** Header and text, checksum included. */
    byte[] write(final Family family, final IpAddress source, final IpAddress destination) {
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
        final long pseudoHeader = family.pseudoHeader(source, destination, PROTOCOL, out.limit());
        out.putShort(16, (short) Family.checksum(out, pseudoHeader));
        return out.array();
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
