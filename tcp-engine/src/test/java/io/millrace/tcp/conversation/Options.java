package io.millrace.tcp.conversation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** TCP options as the text of scripts, {@code mss 1460, sackOK, TS val 5 ecr 0, wscale 7, sack 1:101}, and as bytes. */
final class Options {
    private Options() {}

    /** The bytes of a list of options, padded with NOPs in front; {@code base} is added to SACK edges. */
    static byte[] write(final List<String> options, final int base) {
        final ByteBuffer out = ByteBuffer.allocate(80);
        for (final String option : options) {
            final String[] word = option.split("[ :]+");
            switch (word[0]) {
                case "mss" -> out.put((byte) 2).put((byte) 4).putShort((short) Integer.parseInt(word[1]));
                case "wscale" -> out.put((byte) 3).put((byte) 3).put((byte) Integer.parseInt(word[1]));
                case "sackOK" -> out.put((byte) 4).put((byte) 2);
                case "TS" ->
                    out.put((byte) 8)
                            .put((byte) 10)
                            .putInt((int) Long.parseLong(word[2]))
                            .putInt((int) Long.parseLong(word[4]));
                case "sack" -> {
                    out.put((byte) 5).put((byte) (2 + (word.length - 1) * 4));
                    for (int i = 1; i < word.length; i++) {
                        out.putInt((int) Long.parseLong(word[i]) + base);
                    }
                }
                case "nop" -> out.put((byte) 1);
                case "eol" -> out.put((byte) 0);
                case "raw" -> out.put(HexFormat.of().parseHex(word[1]));
                default -> throw new IllegalArgumentException("no option is called " + option);
            }
        }
        final byte[] padded = new byte[out.position() + 3 & ~3];
        final int padding = padded.length - out.position();
        Arrays.fill(padded, 0, padding, (byte) 1);
        out.flip().get(padded, padding, out.limit());
        return padded;
    }

    /** The options as text, NOPs left out; {@code base} is taken off SACK edges. */
    static List<String> read(final byte[] bytes, final int base) {
        final List<String> options = new ArrayList<>();
        final ByteBuffer in = ByteBuffer.wrap(bytes);
        while (in.hasRemaining()) {
            final int kind = in.get();
            if (kind == 1) {
                continue;
            }
            if (kind == 0) {
                options.add("eol");
                break;
            }
            final int at = in.position() - 1;
            final int length = in.get();
            if (length < 2) {
                throw new IllegalArgumentException("option " + kind + " of length " + length);
            }
            options.add(
                    switch (kind) {
                        case 2 -> "mss " + (in.getShort() & 0xffff);
                        case 3 -> "wscale " + in.get();
                        case 4 -> "sackOK";
                        case 8 ->
                            "TS val " + Integer.toUnsignedString(in.getInt()) + " ecr "
                                    + Integer.toUnsignedString(in.getInt());
                        case 5 -> {
                            final StringBuilder blocks = new StringBuilder("sack");
                            for (int i = 2; i < length; i += 8) {
                                blocks.append(' ')
                                        .append(in.getInt() - base)
                                        .append(':')
                                        .append(in.getInt() - base);
                            }
                            yield blocks.toString();
                        }
                        default -> "kind " + kind;
                    });
            in.position(at + length);
        }
        return options;
    }

    /** {@code TS}'s two values, or null if there is none. */
    static int[] timestamps(final byte[] bytes) {
        for (final String option : read(bytes, 0)) {
            if (option.startsWith("TS ")) {
                final String[] word = option.split(" ");
                return new int[] {(int) Long.parseLong(word[2]), (int) Long.parseLong(word[4])};
            }
        }
        return null;
    }

    /**
     * Whether the options are those expected: an expectation may leave values out ({@code wscale}, {@code TS ecr 5}), and a
     * final {@code ...} allows any others.
     */
    static boolean match(final List<String> expected, final List<String> actual) {
        final List<String> others = new ArrayList<>(actual);
        for (final String option : expected) {
            if (!option.equals("...") && !others.removeIf(other -> matches(option, other))) {
                return false;
            }
        }
        return others.isEmpty() || expected.contains("...");
    }

    private static boolean matches(final String expected, final String actual) {
        return actual.equals(expected)
                || actual.startsWith(expected + " ")
                || expected.startsWith("TS ") && actual.startsWith("TS ") && actual.endsWith(expected.substring(2));
    }
}
