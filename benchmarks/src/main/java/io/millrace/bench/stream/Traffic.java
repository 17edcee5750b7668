package io.millrace.bench.stream;

/**
 * What goes over the connections. Immutable.
 *
 * @param pattern in bulk, or requests and answers.
 * @param direction which way it goes in bulk.
 * @param connections how many are open at once.
 * @param size bytes of a request, and of an answer.
 */
public record Traffic(Pattern pattern, Direction direction, int connections, int size) {
    /** Bytes of the largest request: it has to fit into a segment of the smallest MTU. */
    public static final int MAX_SIZE = 512;

    boolean isBulk() {
        return pattern == Pattern.BULK;
    }

    /** In a few words. */
    String describe() {
        final String what = isBulk() ? "bulk" : "requests and answers of " + size + " bytes";
        final String way = !isBulk() ? "" : direction == Direction.TO_SERVER ? " to the server" : " from the server";
        return "%s, %,d %s%s".formatted(what, connections, connections == 1 ? "connection" : "connections", way);
    }
}
