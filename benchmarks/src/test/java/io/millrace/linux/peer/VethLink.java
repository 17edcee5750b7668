package io.millrace.linux.peer;

import io.millrace.bench.link.CableException;
import io.millrace.bench.link.NetworkNamespace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

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

    private final NetworkNamespace kernel;
    private final NetworkNamespace ours;

    private VethLink(final NetworkNamespace kernel, final NetworkNamespace ours) {
        this.kernel = kernel;
        this.ours = ours;
    }

    /** A link, or nothing where this machine lets no namespace be made. */
    static Optional<VethLink> create() throws IOException, InterruptedException {
        final NetworkNamespace kernel;
        try {
            kernel = NetworkNamespace.create("k");
        } catch (final CableException e) {
            return Optional.empty();
        }
        final VethLink link = new VethLink(kernel, NetworkNamespace.create("o"));
        link.addCable(KERNEL_DEVICE, KERNEL_ADDRESS, OUR_DEVICE);
        return Optional.of(link);
    }

    /** Adds a second cable between the two. */
    void addCable() throws IOException, InterruptedException {
        addCable("t1", "10.10.0.2", SECOND_DEVICE);
    }

    /** Gives the kernel an IPv6 address, too. */
    void addIpv6() throws IOException, InterruptedException {
        setInKernel("net.ipv6.conf." + KERNEL_DEVICE + ".accept_dad", 0);
        setInKernel("net.ipv6.conf." + KERNEL_DEVICE + ".disable_ipv6", 0);
        kernel.ip("addr", "add", KERNEL_IPV6 + "/64", "dev", KERNEL_DEVICE, "nodad");
    }

    /** Sets a {@code sysctl} of the kernel's end. */
    void setInKernel(final String name, final long value) throws IOException, InterruptedException {
        kernel.run("sysctl", "-qw", name + "=" + value);
    }

    /**
     * Has the kernel take what comes on CPU 0, where the programs at its end belong, too. Where softirq and program are on two
     * CPUs the kernel's own segments overtake each other.
     */
    void keepKernelOnOneCpu() throws IOException, InterruptedException {
        kernel.receiveOn(KERNEL_DEVICE, 0);
    }

    private void addCable(final String kernelDevice, final String kernelAddress, final String ourDevice)
            throws IOException, InterruptedException {
        kernel.addVeth(kernelDevice, ours, ourDevice);
        kernel.ip("addr", "add", kernelAddress + "/24", "dev", kernelDevice);
        kernel.ip("link", "set", kernelDevice, "up");
        ours.ip("link", "set", ourDevice, "arp", "off", "up");
        // the kernel would leave checksums and segmentation to a NIC that is not there
        kernel.withoutOffloads(kernelDevice);
        ours.withoutOffloads(ourDevice);
    }

    /** A command to run at the kernel's end. */
    List<String> inKernel(final String... command) {
        return kernel.within(List.of(command));
    }

    /** A command to run at our end. */
    List<String> inOurs(final String... command) {
        return ours.within(List.of(command));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try (kernel) {
            ours.close();
        }
    }
}
