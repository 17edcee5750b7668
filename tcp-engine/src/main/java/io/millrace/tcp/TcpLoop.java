package io.millrace.tcp;

import io.millrace.dataplane.wire.IpAddress;

/**
 * One shard as the code that runs on its thread sees it: the event loop of an {@link TcpApplication}.
 *
 * <p>Every method belongs to the shard's thread. Allocates nothing on {@link #connect} and {@link #connection}.
 */
public interface TcpLoop {
    /** This shard's number, from 0. */
    int shard();

    /** How many shards the engine has. */
    int shards();

    /** The time of the current burst, ns, as the engine's clock counts it; read once a duty cycle. */
    long nanoTime();

    /**
     * Listens on a port of every local address. {@link TcpEngine#listen} does this on all shards.
     *
     * @throws IllegalArgumentException if the port is taken on this shard; the message names it.
     */
    void listen(ListenConfig config, TcpHandler handler);

    /** Stops listening; connections that wait are reset at once, half-open ones when they are heard of again. */
    void unlisten(int port);

    /**
     * Accepts connections that wait at a listener which does not do so by itself ({@link ListenConfig#autoAccept}): each is
     * handed to its handler, with what has arrived for it.
     *
     * @param limit the most to accept.
     * @return how many there were.
     */
    int accept(int port, int limit);

    /**
     * Opens a connection: sends a SYN from a local port that makes the answer come back to this shard.
     *
     * @param local one of the engine's addresses.
     * @param remote the peer.
     * @param remotePort 1 to 65535.
     * @param handler learns the outcome by {@link TcpHandler#onOpen} or {@link TcpHandler#onClosed}.
     * @param attachment the application's 64 bits for the connection.
     * @return the connection's id, or 0 if there is no room or no free port; nothing was sent then.
     */
    long connect(IpAddress local, IpAddress remote, int remotePort, TcpHandler handler, long attachment);

    /** The connection with this id, or null if it is over. The flyweight is good until the next call. */
    TcpConnection connection(long id);

    /** What the shard holds at this moment. */
    TcpOccupancy occupancy();
}
