package io.millrace.bench.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace of this process's own, removed with all that is in it. Made by iproute2, which needs root. One thread.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 10;

    private final String name;

    private NetworkNamespace(final String name) {
        this.name = name;
    }

    /**
     * Makes one, in which nobody speaks unasked: without IPv6, its loopback up.
     *
     * @param purpose a letter or two that tell it from the others of this process.
     * @throws CableException if this machine lets none be made; says what was tried.
     */
    public static NetworkNamespace create(final String purpose) throws IOException, InterruptedException {
        final NetworkNamespace namespace = new NetworkNamespace(
                "millrace-" + purpose + ProcessHandle.current().pid());
        must(List.of("ip", "netns", "add", namespace.name));
        try {
            namespace.run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
            namespace.ip("link", "set", "lo", "up");
            return namespace;
        } catch (final RuntimeException | IOException | InterruptedException e) {
            namespace.close();
            throw e;
        }
    }

    /** A cable to another namespace, both its ends down. */
    public void addVeth(final String device, final NetworkNamespace other, final String otherDevice)
            throws IOException, InterruptedException {
        ip("link", "add", device, "type", "veth", "peer", "name", otherDevice, "netns", other.name);
    }

    /** Has the kernel compute checksums and cut segments on a device, as no NIC behind it does. */
    public void withoutOffloads(final String device) throws IOException, InterruptedException {
        run("ethtool", "-K", device, "tx", "off", "gso", "off", "tso", "off", "gro", "off");
    }

    /**
     * Has the kernel do on one CPU what is to be done for frames that come by a device; otherwise it does so where they were
     * sent, at the sender's cost.
     */
    public void receiveOn(final String device, final int cpu) throws IOException, InterruptedException {
        final String mask = cpuMask(cpu);
        run("sh", "-c", "echo " + mask + " > /sys/class/net/" + device + "/queues/rx-0/rps_cpus");
    }

    /** As the kernel writes sets of CPUs: words of 32 bits in hexadecimal, the highest first. */
    static String cpuMask(final int cpu) {
        return Integer.toHexString(1 << cpu % Integer.SIZE) + ",00000000".repeat(cpu / Integer.SIZE);
    }

    /** Runs {@code ip} on it. */
    public void ip(final String... arguments) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(arguments));
        must(command);
    }

    /** Runs a short command inside. */
    public void run(final String... command) throws IOException, InterruptedException {
        must(within(List.of(command)));
    }

    /** A command to run inside. */
    public List<String> within(final List<String> command) {
        final List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
        whole.addAll(command);
        return whole;
    }

    private static void must(final List<String> command) throws IOException, InterruptedException {
        final Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (final IOException e) {
            throw failed(command, e.getMessage());
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw failed(command, "has not ended within " + PATIENCE_SECONDS + " s");
        }
        if (process.exitValue() != 0) {
            final String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            throw failed(command, said.lines().findFirst().orElse("exit code " + process.exitValue()));
        }
    }

    private static CableException failed(final List<String> command, final String why) {
        return new CableException("a veth pair between namespaces needs root, iproute2, ethtool and sysctl, and '"
                + String.join(" ", command) + "' failed: " + why);
    }

    /** Removes it; what runs in it keeps what it has until it ends. */
    @Override
    public void close() throws IOException, InterruptedException {
        new ProcessBuilder("ip", "netns", "del", name)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
