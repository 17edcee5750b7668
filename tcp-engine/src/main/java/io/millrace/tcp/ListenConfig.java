package io.millrace.tcp;

import io.millrace.dataplane.wire.IpAddress;
import java.util.Optional;

/**
 * How a port listens.
 *
 * @param local the address listened on, one of ours; {@link IpAddress#ANY_IPV4} and {@link IpAddress#ANY_IPV6} for all of one
 *     family, empty for all. Where several listen on one port, the one with the very address takes the connection, then the
 *     one with its family, then the one for all.
 * @param port 1 to 65535.
 * @param backlog bound of the SYN queue's share on each shard, and of the accept queue over all shards; at least 1.
 * @param overflow what happens to a SYN when the listener's share of the SYN queue is full.
 * @param autoAccept true hands each connection to the handler as it completes; false leaves it in the accept queue until
 *     {@link TcpListener#accept} asks for it.
 * @param acceptOverflow what happens to a handshake that completes while the accept queue is full. A SYN that finds it full is
 *     dropped either way.
 * @param options what its connections have of their own; empty for the engine's defaults.
 */
public record ListenConfig(
        Optional<IpAddress> local,
        int port,
        int backlog,
        SynOverflow overflow,
        boolean autoAccept,
        AcceptOverflow acceptOverflow,
        Optional<ConnectionOptions> options) {
    /** The backlog where none is given: Linux's {@code net.core.somaxconn}. */
    public static final int DEFAULT_BACKLOG = 4096;

    /** What a listener does with a SYN for which there is no room (RFC 4987 §3). */
    public enum SynOverflow {
        /** Answer with a SYN cookie and keep nothing. */
        COOKIES,
        /** Forget the oldest half-open connection. */
        DROP_OLDEST,
        /** Drop the new SYN. */
        DROP_NEWEST
    }

    /** What a listener does with a handshake that completes while its accept queue is full. */
    public enum AcceptOverflow {
        /**
         * Leaves it half open, as Linux does by default: the SYN-ACK is sent again in its time, and the peer's answer, or
         * its data, completes the connection if there is room then.
         */
        HOLD,
        /** Resets it, as Linux does with {@code tcp_abort_on_overflow}: the peer knows at once. */
        RESET
    }

    /** Checks every field. */
    public ListenConfig {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is out of range: give 1 to 65535");
        }
        if (backlog < 1) {
            throw new IllegalArgumentException(
                    "backlog " + backlog + " of port " + port + " is too small: give 1 or more");
        }
    }

    /** A port of every address, with the default backlog and SYN cookies on overflow. */
    public static ListenConfig onPort(final int port) {
        return new ListenConfig(
                Optional.empty(),
                port,
                DEFAULT_BACKLOG,
                SynOverflow.COOKIES,
                true,
                AcceptOverflow.HOLD,
                Optional.empty());
    }

    /** The same on one address, or all of one family. */
    public ListenConfig withLocal(final IpAddress newLocal) {
        return new ListenConfig(Optional.of(newLocal), port, backlog, overflow, autoAccept, acceptOverflow, options);
    }

    /** The same with another backlog. */
    public ListenConfig withBacklog(final int newBacklog) {
        return new ListenConfig(local, port, newBacklog, overflow, autoAccept, acceptOverflow, options);
    }

    /** The same with another answer to overflow. */
    public ListenConfig withOverflow(final SynOverflow newOverflow) {
        return new ListenConfig(local, port, backlog, newOverflow, autoAccept, acceptOverflow, options);
    }

    /** The same, with connections left in the accept queue or not. */
    public ListenConfig withAutoAccept(final boolean newAutoAccept) {
        return new ListenConfig(local, port, backlog, overflow, newAutoAccept, acceptOverflow, options);
    }

    /** The same with another answer to a full accept queue. */
    public ListenConfig withAcceptOverflow(final AcceptOverflow newAcceptOverflow) {
        return new ListenConfig(local, port, backlog, overflow, autoAccept, newAcceptOverflow, options);
    }

    /** The same with options for its connections. */
    public ListenConfig withOptions(final ConnectionOptions newOptions) {
        return new ListenConfig(local, port, backlog, overflow, autoAccept, acceptOverflow, Optional.of(newOptions));
    }

    /** Whether it takes connections to this address of ours. */
    public boolean takes(final IpAddress address) {
        return takes(local, address);
    }

    /** Whether {@code local}, as a listener has it, covers this address of ours. */
    public static boolean takes(final Optional<IpAddress> local, final IpAddress address) {
        return local.isEmpty()
                || local.get().equals(address)
                || local.get().equals(address.isIpv4() ? IpAddress.ANY_IPV4 : IpAddress.ANY_IPV6);
    }

    /** Whether both listen on the very same: of others whose addresses overlap the more special one takes a connection. */
    public boolean excludes(final ListenConfig other) {
        return port == other.port && local.equals(other.local);
    }

    /** How special the address is: 2 for one address, 1 for all of one family, 0 for all. */
    public int precedence() {
        return local.map(address -> isAny(address) ? 1 : 2).orElse(0);
    }

    private static boolean isAny(final IpAddress address) {
        return address.equals(IpAddress.ANY_IPV4) || address.equals(IpAddress.ANY_IPV6);
    }
}
