package io.millrace.apps;

/**
 * Finds the end of an HTTP/1.x request, one byte at a time, with its whole state in one {@code long}: the connection's
 * attachment.
 *
 * <p>It understands what decides about the connection and about where the next request begins (RFC 9112): the method
 * HEAD, the version, {@code Connection}, {@code Content-Length} and {@code Transfer-Encoding}. 0 is the state of a fresh
 * connection. Stateless itself; any thread; allocates nothing.
 *
 * <p>Layout of the state, from the lowest bit: phase 4, candidates 3 (which known words still match), position 5 (in the
 * word), flags 9, count 14 (header bytes so far; bytes of the response sent so far while responding), body 29 (bytes of
 * the request's body still to come).
 */
final class HttpRequestParser {
    /** Longest request line and header fields together, bytes; beyond it the answer is 431. */
    static final int MAX_HEADER_BYTES = 8192;
    /** Longest body, bytes; beyond it the answer is 413. */
    static final int MAX_BODY_BYTES = 1 << 28;

    /** The request asked for the head of the response only. */
    static final long HEAD = 1L << 12;
    /** {@code Connection: close} was seen. */
    static final long CLOSE = 1L << 13;
    /** {@code Connection: keep-alive} was seen. */
    static final long KEEP_ALIVE = 1L << 14;
    /** The version is HTTP/1.0. */
    static final long HTTP_1_0 = 1L << 15;
    /** A body of unknown length was announced: {@code Transfer-Encoding}. */
    static final long TRANSFER_ENCODING = 1L << 16;
    /** The version was read; cleared by anything but the end of the line after it. */
    private static final long VERSION = 1L << 17;
    /** {@code Content-Length} was seen. */
    private static final long CONTENT_LENGTH = 1L << 18;
    /** The value of the present field has begun. */
    private static final long VALUE_BEGUN = 1L << 19;
    /** The peer has closed behind this request; to be set from outside. */
    static final long PEER_CLOSED = 1L << 20;

    static final int REQUEST_START = 0;
    private static final int METHOD = 1;
    private static final int TARGET = 2;
    private static final int FIELD_START = 3;
    private static final int FIELD_NAME = 4;
    private static final int SKIP_LINE = 5;
    private static final int CONNECTION_VALUE = 6;
    private static final int LENGTH_VALUE = 7;
    /** Reading and throwing away the body. */
    static final int BODY = 8;
    /** The request is whole: a 200 is due. */
    static final int COMPLETE = 9;
    /** The request can't be understood: a 400 is due. */
    static final int BAD = 10;
    /** The header is too long: a 431 is due. */
    static final int HEADER_TOO_LARGE = 11;
    /** The body is too long: a 413 is due. */
    static final int BODY_TOO_LARGE = 12;
    /** The body comes in a transfer coding: a 411 is due. */
    static final int LENGTH_REQUIRED = 13;

    private static final long PHASE_MASK = 0xf;
    private static final int CANDIDATES_SHIFT = 4;
    private static final long CANDIDATES_MASK = 0x7L << CANDIDATES_SHIFT;
    private static final int POSITION_SHIFT = 7;
    private static final long POSITION_MASK = 0x1fL << POSITION_SHIFT;
    private static final int COUNT_SHIFT = 21;
    private static final long COUNT_MASK = 0x3fffL << COUNT_SHIFT;
    private static final int BODY_SHIFT = 35;
    private static final long BODY_MASK = 0x1fff_ffffL << BODY_SHIFT;

    private static final String[] FIELDS = {"connection", "content-length", "transfer-encoding"};
    private static final String[] OPTIONS = {"close", "keep-alive"};
    private static final String HEAD_METHOD = "HEAD ";
    private static final String VERSION_PREFIX = " HTTP/1.";

    /** A position past the end of every word. */
    private static final int POSITION_END = 31;

    private static final boolean[] TOKEN = tokenCharacters();

    private HttpRequestParser() {}

    /** The phase the state is in. */
    static int phase(final long state) {
        return (int) (state & PHASE_MASK);
    }

    /** True when an answer is due. */
    static boolean isDue(final long state) {
        return phase(state) >= COMPLETE;
    }

    /** True when the connection is to be closed after the answer (RFC 9112 §9.3). */
    static boolean closes(final long state) {
        return phase(state) != COMPLETE || (state & CLOSE) != 0 || (state & HTTP_1_0) != 0 && (state & KEEP_ALIVE) == 0;
    }

    /** Bytes of the body still to come. */
    static int body(final long state) {
        return (int) (state >>> BODY_SHIFT);
    }

    /** Passes over {@code length} bytes of the body. */
    static long skipBody(final long state, final int length) {
        final long rest = state - ((long) length << BODY_SHIFT);
        return body(rest) == 0 ? due(rest, COMPLETE) : rest;
    }

    /** Bytes of the answer sent so far. */
    static int sent(final long state) {
        return (int) ((state & COUNT_MASK) >>> COUNT_SHIFT);
    }

    /** Notes how many bytes of the answer were sent. */
    static long sent(final long state, final int bytes) {
        return state & ~COUNT_MASK | (long) bytes << COUNT_SHIFT;
    }

    /** Takes the next byte of a request line or header field; not to be called in {@link #BODY} or when an answer is due. */
    static long advance(final long state, final byte b) {
        if (sent(state) == MAX_HEADER_BYTES) {
            return due(state, HEADER_TOO_LARGE);
        }
        final long next = state + (1L << COUNT_SHIFT);
        return switch (phase(state)) {
            case REQUEST_START -> requestStart(next, b);
            case METHOD -> method(next, b);
            case TARGET -> target(next, b);
            case FIELD_START -> fieldStart(next, b);
            case FIELD_NAME -> fieldName(next, b);
            case CONNECTION_VALUE -> connectionValue(next, b);
            case LENGTH_VALUE -> lengthValue(next, b);
            default -> b == '\n' ? phase(next, FIELD_START) : next;
        };
    }

    /** RFC 9112 §2.2: empty lines before a request are ignored. */
    private static long requestStart(final long state, final int b) {
        if (b == '\r' || b == '\n') {
            return state;
        }
        return isToken(b) ? method(phase(state, METHOD), b) : due(state, BAD);
    }

    private static long method(final long state, final int b) {
        final int position = position(state);
        final boolean matches = position < HEAD_METHOD.length() && HEAD_METHOD.charAt(position) == b;
        if (b == ' ') {
            final boolean head = matches && position == HEAD_METHOD.length() - 1;
            return position(phase(head ? state | HEAD : state, TARGET), 0);
        }
        return isToken(b) ? position(state, matches ? position + 1 : POSITION_END) : due(state, BAD);
    }

    /** Runs to the end of the request line, which must end in {@code HTTP/1.x}. */
    private static long target(final long state, final int b) {
        if (b == '\n') {
            return (state & VERSION) == 0 ? due(state, BAD) : phase(state & ~VERSION, FIELD_START);
        }
        if (b == '\r') {
            return state;
        }
        final int position = position(state);
        if (position == VERSION_PREFIX.length() && b >= '0' && b <= '9') {
            return position(b == '0' ? state | VERSION | HTTP_1_0 : state | VERSION, 0);
        }
        final long other = state & ~(VERSION | HTTP_1_0);
        if (position < VERSION_PREFIX.length() && VERSION_PREFIX.charAt(position) == b) {
            return position(other, position + 1);
        }
        return position(other, b == ' ' ? 1 : 0);
    }

    private static long fieldStart(final long state, final int b) {
        if (b == '\r') {
            return state;
        }
        if (b == '\n') {
            return endOfHeader(state);
        }
        return isToken(b)
                ? fieldName(candidates(position(phase(state, FIELD_NAME), 0), (1 << FIELDS.length) - 1), b)
                : due(state, BAD);
    }

    private static long endOfHeader(final long state) {
        if ((state & TRANSFER_ENCODING) != 0) {
            return due(state, LENGTH_REQUIRED);
        }
        return body(state) == 0 ? due(state, COMPLETE) : phase(state, BODY);
    }

    private static long fieldName(final long state, final int b) {
        if (b != ':') {
            return isToken(b) ? match(state, FIELDS, lower(b)) : due(state, BAD);
        }
        final long value = position(state & ~VALUE_BEGUN, 0);
        return switch (matched(state, FIELDS)) {
            case 0 -> candidates(phase(value, CONNECTION_VALUE), (1 << OPTIONS.length) - 1);
            // RFC 9112 §6.3: lengths that differ are an attack; two of them are never needed
            case 1 -> (state & CONTENT_LENGTH) != 0 ? due(state, BAD) : phase(value | CONTENT_LENGTH, LENGTH_VALUE);
            case 2 -> phase(value | TRANSFER_ENCODING, SKIP_LINE);
            default -> phase(value, SKIP_LINE);
        };
    }

    /** RFC 9110 §7.6.1: a list of options, compared without case. */
    private static long connectionValue(final long state, final int b) {
        if (b != ',' && b != ' ' && b != '\t' && b != '\r' && b != '\n') {
            return match(state, OPTIONS, lower(b));
        }
        long next = state;
        switch (matched(state, OPTIONS)) {
            case 0 -> next |= CLOSE;
            case 1 -> next |= KEEP_ALIVE;
            default -> {}
        }
        next = candidates(position(next, 0), (1 << OPTIONS.length) - 1);
        return b == '\n' ? phase(next, FIELD_START) : next;
    }

    /** RFC 9110 §8.6: digits, with blanks around them but not between them. */
    private static long lengthValue(final long state, final int b) {
        if (b >= '0' && b <= '9') {
            if (position(state) != 0) {
                return due(state, BAD);
            }
            final long length = body(state) * 10L + (b - '0');
            return length > MAX_BODY_BYTES
                    ? due(state, BODY_TOO_LARGE)
                    : state & ~BODY_MASK | length << BODY_SHIFT | VALUE_BEGUN;
        }
        return switch (b) {
            case '\n' -> (state & VALUE_BEGUN) == 0 ? due(state, BAD) : phase(state, FIELD_START);
            case ' ', '\t', '\r' -> (state & VALUE_BEGUN) == 0 ? state : position(state, 1);
            default -> due(state, BAD);
        };
    }

    /** Strikes out the words whose next character is not {@code b}. */
    private static long match(final long state, final String[] words, final int b) {
        final int position = position(state);
        int candidates = candidates(state);
        for (int i = 0; i < words.length; i++) {
            if (position >= words[i].length() || words[i].charAt(position) != b) {
                candidates &= ~(1 << i);
            }
        }
        return candidates(position(state, Math.min(position + 1, POSITION_END)), candidates);
    }

    /** The word that was read to its end, or -1. */
    private static int matched(final long state, final String[] words) {
        for (int i = 0; i < words.length; i++) {
            if ((candidates(state) & 1 << i) != 0 && words[i].length() == position(state)) {
                return i;
            }
        }
        return -1;
    }

    /** RFC 9110 §5.6.2: the characters of methods and field names. */
    private static boolean isToken(final int b) {
        return b >= 0 && TOKEN[b];
    }

    private static boolean[] tokenCharacters() {
        final boolean[] token = new boolean[128];
        for (int c = '!'; c <= '~'; c++) {
            token[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
        return token;
    }

    private static int lower(final int b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    private static long due(final long state, final int phase) {
        return sent(phase(state, phase), 0);
    }

    private static long phase(final long state, final int phase) {
        return state & ~PHASE_MASK | phase;
    }

    private static int candidates(final long state) {
        return (int) ((state & CANDIDATES_MASK) >>> CANDIDATES_SHIFT);
    }

    private static long candidates(final long state, final int candidates) {
        return state & ~CANDIDATES_MASK | (long) candidates << CANDIDATES_SHIFT;
    }

    private static int position(final long state) {
        return (int) ((state & POSITION_MASK) >>> POSITION_SHIFT);
    }

    private static long position(final long state, final int position) {
        return state & ~POSITION_MASK | (long) position << POSITION_SHIFT;
    }
}
