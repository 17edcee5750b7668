package io.millrace.tcp;

import io.millrace.dataplane.host.AddressState;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.wire.IpAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Our addresses over all ports, as of one moment. Any thread; for the control path.
 *
 * @param hosts the addresses of each port.
 */
record EngineAddresses(List<HostAddresses> hosts) {
    boolean isLocal(final IpAddress address) {
        return hosts.stream().anyMatch(host -> host.isLocal(address.hi(), address.lo()));
    }

    /** Whether none is being asked for on its link any more. */
    boolean areSettled() {
        return hosts.stream()
                .noneMatch(host -> IntStream.range(0, host.count())
                        .anyMatch(number -> host.state(number) == AddressState.TENTATIVE));
    }

    List<IpAddress> own() {
        return hosts.stream()
                .flatMap(host -> IntStream.range(0, host.count()).mapToObj(number -> own(host, number)))
                .toList();
    }

    /** The address to speak from, of the port that leads to {@code remote}, as shards choose it too. */
    Optional<IpAddress> sourceFor(final IpAddress remote) {
        final boolean unicast = remote.isIpv4()
                ? remote.ipv4() >>> 28 < 0xe
                        && remote.ipv4() != 0
                        && hosts.stream().noneMatch(host -> host.isBroadcast(remote.ipv4()))
                : remote.hi() >>> 56 != 0xff && (remote.hi() | remote.lo()) != 0;
        if (!unicast) {
            return Optional.empty();
        }
        // the last of equals would win: the first port is to
        return hosts.reversed().stream()
                .filter(host -> host.nearness(remote.hi(), remote.lo()) >= 0)
                .max(Comparator.comparingInt(host -> host.nearness(remote.hi(), remote.lo())))
                .flatMap(host -> source(host, remote));
    }

    private static Optional<IpAddress> source(final HostAddresses host, final IpAddress remote) {
        final int number = host.sourceFor(remote.hi(), remote.lo());
        return number == HostAddresses.NONE ? Optional.empty() : Optional.of(own(host, number));
    }

    private static IpAddress own(final HostAddresses host, final int number) {
        return new IpAddress(host.hi(number), host.lo(number));
    }
}
