package io.millrace.bench.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.NodeFailedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two network namespaces of this process's own and a veth cable between them, removed with all that is in them. The
 * server's end is the kernel's; the client's is the kernel's as well, or an engine's, which speaks through packet sockets.
 */
final class VethPair implements AutoCloseable {
    /** The device at the client's end. */
    static final String CLIENT_DEVICE = "c0";

    private static final String SERVER_DEVICE = "s0";

    private final String server = "millrace-s" + ProcessHandle.current().pid();
    private final String client = "millrace-c" + ProcessHandle.current().pid();

    private VethPair() {}

    /**
     * Makes it.
     *
     * @param engineClient whether an engine is at the client's end.
     * @throws NodeFailedException if this machine lets none be made; says what was tried.
     */
    static VethPair create(final int mtu, final boolean engineClient) throws IOException, InterruptedException {
        final VethPair pair = new VethPair();
        try {
            pair.build(mtu, engineClient);
            return pair;
        } catch (final RuntimeException | IOException | InterruptedException e) {
            pair.close();
            throw e;
        }
    }

    private void build(final int mtu, final boolean engineClient) throws IOException, InterruptedException {
        must("ip", "netns", "add", server);
        must("ip", "netns", "add", client);
        must(
                "ip",
                "-n",
                server,
                "link",
                "add",
                SERVER_DEVICE,
                "type",
                "veth",
                "peer",
                "name",
                CLIENT_DEVICE,
                "netns",
                client);
        for (final String namespace : List.of(server, client)) {
            // nobody but the two ends speaks on the cable
            must("ip", "netns", "exec", namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
            must("ip", "-n", namespace, "link", "set", "lo", "up");
        }
        must("ip", "-n", server, "addr", "add", Addressing.SERVER.toString(), "dev", SERVER_DEVICE);
        must("ip", "-n", server, "link", "set", SERVER_DEVICE, "mtu", String.valueOf(mtu), "up");
        must("ip", "-n", client, "link", "set", CLIENT_DEVICE, "mtu", String.valueOf(mtu), "up");
        if (engineClient) {
            must("ip", "-n", client, "link", "set", CLIENT_DEVICE, "arp", "off");
            // the kernel would leave checksums and segmentation to a NIC that is not there
            must(inServer("ethtool", "-K", SERVER_DEVICE, "tx", "off", "gso", "off", "tso", "off", "gro", "off"));
            must(inClient("ethtool", "-K", CLIENT_DEVICE, "tx", "off", "gso", "off", "tso", "off", "gro", "off"));
        } else {
            must("ip", "-n", client, "addr", "add", Addressing.GENERATOR.toString(), "dev", CLIENT_DEVICE);
        }
    }

    /** A command to run at the server's end. */
    List<String> inServer(final List<String> command) {
        return in(server, command);
    }

    /** A command to run at the client's end. */
    List<String> inClient(final List<String> command) {
        return in(client, command);
    }

    private String[] inServer(final String... command) {
        return in(server, List.of(command)).toArray(String[]::new);
    }

    private String[] inClient(final String... command) {
        return in(client, List.of(command)).toArray(String[]::new);
    }

    private static List<String> in(final String namespace, final List<String> command) {
        final List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(command);
        return whole;
    }

    private static void must(final String... command) throws IOException, InterruptedException {
        final Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (final IOException e) {
            throw failed(command, e.getMessage());
        }
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw failed(command, "has not ended within 10 s");
        }
        if (process.exitValue() != 0) {
            final String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            throw failed(command, said.lines().findFirst().orElse("exit code " + process.exitValue()));
        }
    }

    private static NodeFailedException failed(final String[] command, final String why) {
        return new NodeFailedException(
                "no veth pair",
                List.of("--peer kernel needs a veth pair between two namespaces, and '" + String.join(" ", command)
                        + "' failed: " + why + "; run as root with iproute2 and ethtool, or use --peer engine"));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (final String namespace : List.of(server, client)) {
            new ProcessBuilder("ip", "netns", "del", namespace)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(10, TimeUnit.SECONDS);
        }
    }
}
