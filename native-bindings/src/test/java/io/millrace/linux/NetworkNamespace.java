package io.millrace.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A network namespace of the tests' own, removed with all that is in it. Made by {@code ip}, which needs root. */
public final class NetworkNamespace implements AutoCloseable {
    private final String name;

    private NetworkNamespace(final String name) {
        this.name = name;
    }

    /** A namespace, or nothing where this machine lets none be made. */
    public static Optional<NetworkNamespace> create(final String purpose) {
        final String name =
                "millrace-" + purpose + "-" + ProcessHandle.current().pid();
        return execute(List.of("ip", "netns", "add", name))
                ? Optional.of(new NetworkNamespace(name))
                : Optional.empty();
    }

    /** What must stand before a command so that it runs inside. */
    public List<String> prefix() {
        return List.of("ip", "netns", "exec", name);
    }

    /** Runs {@code ip} inside. */
    public void ip(final String arguments) {
        final List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(arguments.split(" ")));
        if (!execute(command)) {
            throw new IllegalStateException("failed: " + String.join(" ", command));
        }
    }

    /** Two network cards joined by a cable, both up, and no chatter of the kernel's own on them. */
    public void vethPair(final String one, final String other) {
        ip("link add " + one + " type veth peer name " + other);
        for (final String device : List.of(one, other)) {
            ip("link set " + device + " addrgenmode none");
            ip("link set " + device + " up");
        }
    }

    private static boolean execute(final List<String> command) {
        try {
            final Process process = new ProcessBuilder(command).inheritIO().start();
            return process.waitFor() == 0;
        } catch (final IOException e) {
            return false; // no iproute2
        } catch (final InterruptedException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    @Override
    public void close() {
        execute(List.of("ip", "netns", "del", name));
    }
}
