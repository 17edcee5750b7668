package io.millrace.bench.load;

import java.util.Locale;

/**
 * What a connection is for: perhaps a request and its answer, and then its end. Immutable.
 *
 * @param requestBytes what the client sends, and the server sends back; 0 for nothing.
 * @param closesFirst who ends it: the side that has the TIME_WAIT entry.
 * @param byReset whether it ends by a reset, which leaves no entry, instead of a FIN from either side.
 */
public record Conversation(int requestBytes, Side closesFirst, boolean byReset) {
    /** Longest request: it has to fit into a segment of the smallest MTU. */
    public static final int MAX_REQUEST = 512;

    /** Opened, and closed by the server at once. */
    public static final Conversation SERVER_CLOSES = new Conversation(0, Side.SERVER, false);

    /** One end of a connection. */
    public enum Side {
        /** The one that listens. */
        SERVER,
        /** The one that connects. */
        CLIENT
    }

    /** Whether there is a request. */
    public boolean hasRequest() {
        return requestBytes > 0;
    }

    /** Whether the server ends it. */
    boolean serverCloses() {
        return closesFirst == Side.SERVER;
    }

    /** As one word: {@code server-fin-0}. */
    public String toWord() {
        return closesFirst.name().toLowerCase(Locale.ROOT) + (byReset ? "-rst-" : "-fin-") + requestBytes;
    }

    /** Reads {@link #toWord}. */
    public static Conversation ofWord(final String word) {
        final String[] parts = word.split("-", -1);
        return new Conversation(
                Integer.parseInt(parts[2]), Side.valueOf(parts[0].toUpperCase(Locale.ROOT)), parts[1].equals("rst"));
    }

    /** For people. */
    public String describe() {
        return (hasRequest() ? "a request and an answer of " + requestBytes + " bytes, then " : "")
                + "the " + closesFirst.name().toLowerCase(Locale.ROOT) + " closes first by "
                + (byReset ? "RST" : "FIN");
    }
}
