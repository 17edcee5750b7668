package io.millrace.tcp.socket;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ConnectionOptions;
import java.util.Optional;

/** Chooses the address, port and shard that an active open speaks from, and has its SYN sent. Stateless; any thread. */
final class Connector {
    private Connector() {}

    /**
     * Sends a SYN.
     *
     * @param binding what the socket was bound to, if it was.
     * @return the channel of the attempt.
     */
    static Channel connect(
            final Sockets sockets,
            final boolean ipv6,
            final SocketSettings settings,
            final Optional<PortBindings.Binding> binding,
            final IpAddress remote,
            final int remotePort)
            throws ErrnoException {
        if (remotePort < 0 || remotePort > 65_535) {
            throw Errno.EINVAL.asException();
        }
        if (!remote.isIpv4() && !ipv6) {
            throw Errno.EAFNOSUPPORT.asException();
        }
        if (remote.isIpv4() && ipv6 && settings.is(SocketOption.IPV6_V6ONLY)) {
            throw Errno.ENETUNREACH.asException();
        }
        if (sockets.engine().isLocal(remote)) {
            throw Errno.ENETUNREACH.asException(); // the engine has no loopback
        }
        final IpAddress source = sockets.engine().sourceFor(remote).orElseThrow(Errno.ENETUNREACH::asException);
        final IpAddress local = binding.flatMap(PortBindings.Binding::address)
                .filter(sockets.engine()::isLocal)
                .orElse(source);
        if (local.isIpv4() != remote.isIpv4()) {
            throw Errno.ENETUNREACH.asException();
        }
        final int localPort = binding.map(PortBindings.Binding::port).orElse(0);
        final int shard = localPort == 0
                ? sockets.chooseShard()
                : sockets.ask(0, loop -> loop.shardOf(local, localPort, remote, remotePort));
        final Channel attempt = new Channel(shard);
        final ShardSockets channels = sockets.handler(shard).sockets();
        final ConnectionOptions options = settings.options();
        final boolean sent = sockets.ask(shard, loop -> {
            final long attachment = channels.add(attempt);
            final long id =
                    loop.connect(local, localPort, remote, remotePort, options, sockets.handler(shard), attachment);
            if (id == 0) {
                channels.remove(attachment);
                return false;
            }
            attempt.onConnect(id);
            return true;
        });
        if (!sent) {
            throw Errno.EADDRNOTAVAIL.asException();
        }
        return attempt;
    }
}
