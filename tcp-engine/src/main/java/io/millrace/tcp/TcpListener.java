package io.millrace.tcp;

/**
 * One listener of one shard. Owned by the shard's thread; allocates nothing.
 */
public interface TcpListener {
    /** How it listens. */
    ListenConfig config();

    /**
     * Changes the backlog, as a second {@code listen(2)} does: the bound of the SYN queue's share on this shard, and of the
     * accept queue over all of them. What waits already goes on waiting. Allocates where the bound grows.
     *
     * @param bound at least 1.
     */
    void backlog(int bound);

    /** How many connections wait to be accepted on this shard. */
    int waiting();

    /**
     * Accepts connections that wait at a listener which does not do so by itself ({@link ListenConfig#autoAccept}): each is
     * handed to its handler, with what has arrived for it. One that was reset while it waited is handed on too, and ends at
     * once.
     *
     * @param limit the most to accept.
     * @return how many there were.
     */
    int accept(int limit);

    /** What it has seen and holds on this shard. */
    TcpListenerStats stats();

    /** Stops listening; connections that wait are reset at once, half-open ones when they are heard of again. */
    void close();
}
