package io.millrace.tcp;

import io.millrace.dataplane.wire.IpAddress;
import java.util.List;

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
     * Listens on a port. {@link TcpEngine#listen} does this on all shards.
     *
     * @throws IllegalArgumentException if the port is taken on this shard; the message names it.
     */
    TcpListener listen(ListenConfig config, TcpHandler handler);

    /** Every open listener of this shard; makes a list. */
    List<TcpListener> listeners();

    /** The listener that takes connections to this address of ours and this port, or null. */
    TcpListener listener(IpAddress local, int port);

    /**
     * Opens a connection: sends a SYN from a local port that makes the answer come back to this shard.
     *
     * @param local one of the engine's addresses; the connection goes by the port that has it.
     * @param remote the peer; not one of the engine's own addresses, which no link leads to.
     * @param remotePort 1 to 65535.
     * @param handler learns the outcome by {@link TcpHandler#onOpen} or {@link TcpHandler#onClosed}.
     * @param attachment the application's 64 bits for the connection.
     * @return the connection's id, or 0 if there is no room or no free port, the quiet time after the start is not over, or
     *     the engine ends; nothing was sent then.
     */
    long connect(IpAddress local, IpAddress remote, int remotePort, TcpHandler handler, long attachment);

    /**
     * The same from a local port, and with options.
     *
     * @param localPort 1 to 65535, of a connection that {@link #shardOf} this shard; 0 to have one chosen.
     * @param options what the connection has of its own.
     */
    long connect(
            IpAddress local,
            int localPort,
            IpAddress remote,
            int remotePort,
            ConnectionOptions options,
            TcpHandler handler,
            long attachment);

    /** The shard that gets what the peer sends on such a connection. */
    int shardOf(IpAddress local, int localPort, IpAddress remote, int remotePort);

    /** What connections have of which nothing else was said. */
    ConnectionOptions defaultConnectionOptions();

    /**
     * Opens a connection from the address and the port that lead to the peer: the port in whose networks it is, else one
     * with a route to it.
     *
     * @return the connection's id, or 0 if there is no way, no room or no free local port; nothing was sent then.
     */
    long connect(IpAddress remote, int remotePort, TcpHandler handler, long attachment);

    /** The connection with this id, or null if it is over. The flyweight is good until the next call. */
    TcpConnection connection(long id);

    /** Gives a frame back, as {@link TcpConnection#release} does, where no connection is at hand. */
    boolean release(long frame);

    /**
     * Some of the shard's connections that {@code filter} wants; bounded work, and bounded in length. Allocates. What comes,
     * goes, or enters TIME_WAIT between two pages may be missed, or seen twice.
     *
     * @param from 0 for the first page, then {@link TcpConnectionPage#next} of the last.
     */
    TcpConnectionPage connections(TcpConnectionFilter filter, long from);

    /** What the shard holds at this moment. */
    TcpOccupancy occupancy();
}
