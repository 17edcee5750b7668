package io.millrace.bench.link;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Two network namespaces of this process's own and a veth cable between them, removed with all that is in them. Each end
 * is the kernel's, with an address, or is left to an engine, which speaks through packet sockets. One thread.
 */
public final class VethPair implements AutoCloseable {
    /** The device at the server's end. */
    public static final String SERVER_DEVICE = "s0";
    /** The device at the client's end. */
    public static final String CLIENT_DEVICE = "c0";

    private final NetworkNamespace server;
    private final NetworkNamespace client;

    private VethPair(final NetworkNamespace server, final NetworkNamespace client) {
        this.server = server;
        this.client = client;
    }

    /**
     * Whose an end is.
     *
     * @param cidr the address of a kernel's; none of an engine's.
     */
    public record End(Optional<String> cidr) {
        /** An engine's, which speaks through packet sockets. */
        public static final End ENGINE = new End(Optional.empty());

        /** The kernel's own. */
        public static End kernel(final String cidr) {
            return new End(Optional.of(cidr));
        }
    }

    /**
     * Makes it.
     *
     * @param mtu of the cable, bytes.
     * @throws CableException if this machine lets none be made; says what was tried.
     */
    public static VethPair create(final int mtu, final End server, final End client)
            throws IOException, InterruptedException {
        final NetworkNamespace one = NetworkNamespace.create("s");
        try {
            final NetworkNamespace other = NetworkNamespace.create("c");
            final VethPair pair = new VethPair(one, other);
            try {
                one.addVeth(SERVER_DEVICE, other, CLIENT_DEVICE);
                up(one, SERVER_DEVICE, mtu, server);
                up(other, CLIENT_DEVICE, mtu, client);
                if (server.cidr().isEmpty() || client.cidr().isEmpty()) {
                    // the kernel would leave checksums and segmentation to a NIC that is not there
                    one.withoutOffloads(SERVER_DEVICE);
                    other.withoutOffloads(CLIENT_DEVICE);
                }
                return pair;
            } catch (final RuntimeException | IOException | InterruptedException e) {
                other.close();
                throw e;
            }
        } catch (final RuntimeException | IOException | InterruptedException e) {
            one.close();
            throw e;
        }
    }

    private static void up(final NetworkNamespace namespace, final String device, final int mtu, final End end)
            throws IOException, InterruptedException {
        namespace.ip("link", "set", device, "mtu", String.valueOf(mtu), "up");
        if (end.cidr().isPresent()) {
            namespace.ip("addr", "add", end.cidr().get(), "dev", device);
        } else {
            namespace.ip("link", "set", device, "arp", "off");
        }
    }

    /** The namespace of the server's end. */
    public NetworkNamespace server() {
        return server;
    }

    /** The namespace of the client's end. */
    public NetworkNamespace client() {
        return client;
    }

    /** A command to run at the server's end. */
    public List<String> inServer(final List<String> command) {
        return server.within(command);
    }

    /** A command to run at the client's end. */
    public List<String> inClient(final List<String> command) {
        return client.within(command);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try (server) {
            client.close();
        }
    }
}
