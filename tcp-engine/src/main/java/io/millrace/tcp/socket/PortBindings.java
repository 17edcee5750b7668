package io.millrace.tcp.socket;

import io.millrace.dataplane.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntPredicate;

/** Which socket has which local port, and who may share one, as Linux decides it. Any thread. */
final class PortBindings {
    private final Map<Integer, List<Binding>> byPort = new HashMap<>();
    private final int firstEphemeral;
    private final int lastEphemeral;

    PortBindings(final int firstEphemeral, final int lastEphemeral) {
        this.firstEphemeral = firstEphemeral;
        this.lastEphemeral = lastEphemeral;
    }

    /** A socket's local address and port; the address is empty for any of both families. */
    static final class Binding {
        private final Optional<IpAddress> address;
        private final int port;
        private final boolean reuse;
        private final boolean reusePort;
        private boolean listening;

        private Binding(
                final Optional<IpAddress> address, final int port, final boolean reuse, final boolean reusePort) {
            this.address = address;
            this.port = port;
            this.reuse = reuse;
            this.reusePort = reusePort;
        }

        Optional<IpAddress> address() {
            return address;
        }

        int port() {
            return port;
        }

        private boolean overlaps(final Binding other) {
            return covers(address, other.address) || covers(other.address, address);
        }

        private static boolean covers(final Optional<IpAddress> some, final Optional<IpAddress> other) {
            if (some.isEmpty() || some.equals(other)) {
                return true;
            }
            final boolean any =
                    some.get().equals(IpAddress.ANY_IPV4) || some.get().equals(IpAddress.ANY_IPV6);
            return any
                    && other.isPresent()
                    && some.get().isIpv4() == other.get().isIpv4();
        }

        /** As {@code inet_bind_conflict()} has it. */
        private boolean excludes(final Binding other) {
            return overlaps(other)
                    && !(reuse && other.reuse && !listening && !other.listening)
                    && !(reusePort && other.reusePort);
        }

        /** Whether this one may not listen because the other does: two on the very same address we can't serve. */
        private boolean isSilencedBy(final Binding other) {
            return other.listening && (excludes(other) || address.equals(other.address));
        }
    }

    /**
     * Takes a port.
     *
     * @param port 0 for any that nobody has.
     * @param taken whether somebody listens on a port, asked where no socket does.
     */
    synchronized Binding bind(
            final Optional<IpAddress> address,
            final int port,
            final boolean reuse,
            final boolean reusePort,
            final IntPredicate taken)
            throws ErrnoException {
        if (port != 0) {
            return take(new Binding(address, port, reuse, reusePort), taken);
        }
        final int count = lastEphemeral - firstEphemeral + 1;
        final int first = ThreadLocalRandom.current().nextInt(count);
        for (int i = 0; i < count; i++) {
            final int candidate = firstEphemeral + (first + i) % count;
            if (!byPort.containsKey(candidate) && !taken.test(candidate)) {
                return take(new Binding(address, candidate, reuse, reusePort), taken);
            }
        }
        throw new ErrnoException(Errno.EADDRINUSE);
    }

    private Binding take(final Binding wanted, final IntPredicate taken) throws ErrnoException {
        final List<Binding> others = byPort.getOrDefault(wanted.port, List.of());
        final boolean ours = others.stream().anyMatch(other -> other.listening);
        if (others.stream().anyMatch(wanted::excludes) || !ours && taken.test(wanted.port)) {
            throw new ErrnoException(Errno.EADDRINUSE);
        }
        byPort.computeIfAbsent(wanted.port, port -> new ArrayList<>()).add(wanted);
        return wanted;
    }

    /** A socket begins to listen; false if another one that listens is in the way. */
    synchronized boolean listen(final Binding binding) {
        final boolean free =
                byPort.get(binding.port).stream().noneMatch(other -> other != binding && binding.isSilencedBy(other));
        binding.listening |= free;
        return free;
    }

    /** A socket listens no more. */
    synchronized void unlisten(final Binding binding) {
        binding.listening = false;
    }

    /** Gives a port back. */
    synchronized void release(final Binding binding) {
        final List<Binding> others = byPort.get(binding.port);
        others.remove(binding);
        if (others.isEmpty()) {
            byPort.remove(binding.port);
        }
    }
}
