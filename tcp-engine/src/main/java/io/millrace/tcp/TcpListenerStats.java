package io.millrace.tcp;

import io.millrace.dataplane.wire.IpAddress;
import java.util.Optional;

/**
 * What one listener has seen and holds, as {@code ss -ltn} and {@code nstat} would show it; immutable.
 *
 * @param local the address listened on, as {@link ListenConfig#local}.
 * @param port the port listened on.
 * @param backlog the bound of the accept queue over all shards, and of the SYN queue on each.
 * @param syns SYNs it received.
 * @param opened connections whose handshake completed.
 * @param accepted connections handed to the application.
 * @param overflows connections and SYNs that met a full accept queue ({@code ListenOverflows}).
 * @param drops what it dropped, for whatever reason ({@code ListenDrops}).
 * @param cookiesSent SYNs answered by a cookie ({@code SyncookiesSent}).
 * @param cookiesReceived cookies that came back good ({@code SyncookiesRecv}).
 * @param cookiesFailed acknowledgments that carried no good cookie ({@code SyncookiesFailed}).
 * @param halfOpen connections in its share of the SYN queue now.
 * @param waiting connections in its accept queue now.
 */
public record TcpListenerStats(
        Optional<IpAddress> local,
        int port,
        int backlog,
        long syns,
        long opened,
        long accepted,
        long overflows,
        long drops,
        long cookiesSent,
        long cookiesReceived,
        long cookiesFailed,
        int halfOpen,
        int waiting) {
    /** The same listener on two shards. */
    TcpListenerStats plus(final TcpListenerStats other) {
        return new TcpListenerStats(
                local,
                port,
                backlog,
                syns + other.syns,
                opened + other.opened,
                accepted + other.accepted,
                overflows + other.overflows,
                drops + other.drops,
                cookiesSent + other.cookiesSent,
                cookiesReceived + other.cookiesReceived,
                cookiesFailed + other.cookiesFailed,
                halfOpen + other.halfOpen,
                waiting + other.waiting);
    }
}
