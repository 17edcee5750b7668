package io.millrace.linux.peer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Two namespaces and a cable between them: in the kernel's one the device has an address, in ours it is left to the
 * engine. Removed with all that is in it.
 */
final class VethLink implements AutoCloseable {
    /** The kernel's address. */
    static final String KERNEL_ADDRESS = "10.9.0.2";
    /** The engine's address. */
    static final String OUR_ADDRESS = "10.9.0.1";
    /** The same over IPv6, where {@link #addIpv6} has put it. */
    static final String KERNEL_IPV6 = "fd00:9::2";

    static final String OUR_IPV6 = "fd00:9::1";
    /** The engine's device. */
    static final String OUR_DEVICE = "s0";

    /** The engine's address and device on a second cable. */
    static final String SECOND_ADDRESS = "10.10.0.1";

    static final String SECOND_DEVICE = "s1";

    /** The kernel's device. */
    static final String KERNEL_DEVICE = "t0";

    private final String kernel = "millrace-k" + ProcessHandle.current().pid();
    private final String ours = "millrace-o" + ProcessHandle.current().pid();

    private VethLink() {}

    /** A link, or nothing where this machine lets no namespace be made. */
    static Optional<VethLink> create() throws IOException, InterruptedException {
        final VethLink link = new VethLink();
        if (run(List.of("ip", "netns", "add", link.kernel)) != 0) {
            return Optional.empty();
        }
        link.build();
        return Optional.of(link);
    }

    private void build() throws IOException, InterruptedException {
        must("ip", "netns", "add", ours);
        addVeth(KERNEL_DEVICE, OUR_DEVICE);
        for (final String namespace : List.of(kernel, ours)) {
            // nobody but TCP under test speaks on the cable
            must("ip", "netns", "exec", namespace, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
        }
        must("ip", "-n", kernel, "link", "set", "lo", "up");
        configure(KERNEL_DEVICE, KERNEL_ADDRESS, OUR_DEVICE);
    }

    /** Adds a second cable between the two. */
    void addCable() throws IOException, InterruptedException {
        addVeth("t1", SECOND_DEVICE);
        configure("t1", "10.10.0.2", SECOND_DEVICE);
    }

    /** Gives the kernel an IPv6 address, too. */
    void addIpv6() throws IOException, InterruptedException {
        setInKernel("net.ipv6.conf." + KERNEL_DEVICE + ".accept_dad", 0);
        setInKernel("net.ipv6.conf." + KERNEL_DEVICE + ".disable_ipv6", 0);
        must("ip", "-n", kernel, "addr", "add", KERNEL_IPV6 + "/64", "dev", KERNEL_DEVICE, "nodad");
    }

    /** Sets a {@code sysctl} of the kernel's end. */
    void setInKernel(final String name, final long value) throws IOException, InterruptedException {
        must("ip", "netns", "exec", kernel, "sysctl", "-qw", name + "=" + value);
    }

    /**
     * Has the kernel take what comes on CPU 0, where the programs at its end belong, too. Where softirq and program are on two
     * CPUs the kernel's own segments overtake each other.
     */
    void keepKernelOnOneCpu() throws IOException, InterruptedException {
        must(inKernel("sh", "-c", "echo 1 > /sys/class/net/" + KERNEL_DEVICE + "/queues/rx-0/rps_cpus")
                .toArray(String[]::new));
    }

    private void addVeth(final String kernelDevice, final String ourDevice) throws IOException, InterruptedException {
        must("ip", "-n", kernel, "link", "add", kernelDevice, "type", "veth", "peer", "name", ourDevice, "netns", ours);
    }

    private void configure(final String kernelDevice, final String kernelAddress, final String ourDevice)
            throws IOException, InterruptedException {
        must("ip", "-n", kernel, "addr", "add", kernelAddress + "/24", "dev", kernelDevice);
        must("ip", "-n", kernel, "link", "set", kernelDevice, "up");
        must("ip", "-n", ours, "link", "set", ourDevice, "arp", "off", "up");
        // the kernel would leave checksums and segmentation to a NIC that is not there
        run(inKernel("ethtool", "-K", kernelDevice, "tx", "off", "gso", "off", "tso", "off", "gro", "off"));
        run(inOurs("ethtool", "-K", ourDevice, "tx", "off", "gso", "off", "tso", "off", "gro", "off"));
    }

    /** A command to run at the kernel's end. */
    List<String> inKernel(final String... command) {
        return in(kernel, List.of(command));
    }

    /** A command to run at our end. */
    List<String> inOurs(final String... command) {
        return in(ours, List.of(command));
    }

    private static List<String> in(final String namespace, final List<String> command) {
        final List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(command);
        return whole;
    }

    private static void must(final String... command) throws IOException, InterruptedException {
        if (run(List.of(command)) != 0) {
            throw new IllegalStateException("failed: " + String.join(" ", command));
        }
    }

    private static int run(final List<String> command) throws IOException, InterruptedException {
        try {
            final Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } catch (final IOException e) {
            return -1; // there is no such program
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run(List.of("ip", "netns", "del", kernel));
        run(List.of("ip", "netns", "del", ours));
    }
}
