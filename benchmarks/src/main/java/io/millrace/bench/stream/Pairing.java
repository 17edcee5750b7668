package io.millrace.bench.stream;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whose TCP is at the two ends, and how they are joined. */
public enum Pairing {
    /** Two engines over the link that is asked for. */
    ENGINE_ENGINE("millrace to millrace", Optional.empty(), true, true),
    /** The engine as client over the kernel's packet sockets, Linux as server, over a veth pair. */
    ENGINE_KERNEL("millrace to Linux", Optional.of("af_packet on veth"), false, true),
    /** Linux at both ends of the same veth pair. */
    KERNEL_KERNEL("Linux to Linux", Optional.of("veth"), false, false);

    private final String label;
    private final Optional<String> link;
    private final boolean engineServer;
    private final boolean engineClient;

    Pairing(final String label, final Optional<String> link, final boolean engineServer, final boolean engineClient) {
        this.label = label;
        this.link = link;
        this.engineServer = engineServer;
        this.engineClient = engineClient;
    }

    /** Client and server, for people. */
    String label() {
        return label;
    }

    /** What joins them, for people; empty where it is what is asked for. */
    Optional<String> link() {
        return link;
    }

    /** Whether the server is an engine. */
    boolean engineServer() {
        return engineServer;
    }

    /** Whether the client is an engine. */
    boolean engineClient() {
        return engineClient;
    }

    /** The name in JSON. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Those to measure with a peer by its name on the command line: the engine alone, or the kernel beside it. */
    public static Optional<List<Pairing>> withPeer(final String peer) {
        return switch (peer) {
            case "engine" -> Optional.of(List.of(ENGINE_ENGINE));
            case "kernel" -> Optional.of(List.of(values()));
            default -> Optional.empty();
        };
    }
}
