package io.millrace.dpdk;

import io.millrace.linux.ProcessPrivileges;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What keeps DPDK from a PCI device, found in the kernel's files: EAL starts without such a device, and says at most that
 * something failed. Control path, any thread.
 *
 * @param root {@code /}, or what a test puts in its place
 * @param privileges what this process may do
 */
public record PciPreflight(Path root, ProcessPrivileges privileges) {
    private static final long LEAST_LOCKED_BYTES = 64 << 20;

    /** Kernel drivers that work beside DPDK and must stay bound (mlx4, mlx5, mana, hyper-v). */
    private static final Set<String> SHARED_DRIVERS = Set.of("mlx4_core", "mlx5_core", "mana", "hv_netvsc");
    /** Kernel drivers that hand a device to DPDK without an IOMMU. */
    private static final Set<String> UNPROTECTED_DRIVERS = Set.of("uio_pci_generic", "igb_uio");

    private static final String VFIO = "vfio-pci";
    /** Drivers that leave an IOMMU group viable: they start no transfers. */
    private static final Set<String> HARMLESS_DRIVERS = Set.of("", VFIO, "pci-stub", "pcieport");

    private static final String NO_IOMMU = "there is no IOMMU before it, or it is off";
    private static final String WITHOUT_IOMMU = "switch it on in the firmware (VT-d, AMD-Vi) and at boot (Intel:"
            + " intel_iommu=on), then bind the device to vfio-pci; where there is none, as a last resort and as root:"
            + " modprobe uio_pci_generic; dpdk-devbind.py -b uio_pci_generic ";

    /** That of this process on this machine. */
    public static PciPreflight ofThisMachine() {
        return new PciPreflight(Path.of("/"), ProcessPrivileges.ofThisProcess());
    }

    /**
     * Throws when DPDK could not open the device.
     *
     * @throws DpdkException with the reason and the command that mends it
     */
    public void check(final Devargs device) {
        final String name = device.name().toLowerCase(Locale.ROOT);
        final Path directory = devices().resolve(name);
        if (!Files.exists(directory)) {
            throw refused(name, "there is no such PCI device", "`lspci -D` lists them, of class Ethernet: " + nics());
        }
        final String driver = linkOf(directory.resolve("driver"));
        if (SHARED_DRIVERS.contains(driver)) {
            return;
        }
        if (UNPROTECTED_DRIVERS.contains(driver)) {
            checkRoot(name, driver);
            return;
        }
        final String group = linkOf(directory.resolve("iommu_group"));
        final boolean protectedByIommu = !group.isEmpty();
        if (!driver.equals(VFIO)) {
            throw refused(
                    name,
                    (driver.isEmpty() ? "the device has no kernel driver" : "the device belongs to driver " + driver)
                            + (protectedByIommu ? "" : ", and " + NO_IOMMU),
                    protectedByIommu ? bindWith(name) : WITHOUT_IOMMU + name);
        }
        if (!protectedByIommu || Files.exists(root.resolve("dev/vfio/noiommu-" + group))) {
            throw refused(name, NO_IOMMU, WITHOUT_IOMMU + name);
        }
        checkGroup(name, group, directory);
        checkAccess(name, group);
        checkLockedMemory(name);
    }

    private static String bindWith(final String devices) {
        return "hand it to DPDK (root: modprobe vfio-pci; dpdk-devbind.py -b vfio-pci " + devices + ")";
    }

    private void checkRoot(final String name, final String driver) {
        if (!privileges.root()) {
            throw refused(
                    name,
                    driver + " gives the device to root only, and this is another user",
                    "run as root, or bind it to vfio-pci where there is an IOMMU");
        }
    }

    /** All devices that the IOMMU can't tell apart must be DPDK's, or nobody's. */
    private void checkGroup(final String name, final String group, final Path directory) {
        final List<String> others = new ArrayList<>();
        final StringBuilder names = new StringBuilder(name);
        for (final String member : list(directory.resolve("iommu_group").resolve("devices"))) {
            final String driver = linkOf(devices().resolve(member).resolve("driver"));
            if (!HARMLESS_DRIVERS.contains(driver)) {
                others.add(member + " (driver " + driver + ")");
                names.append(' ').append(member);
            }
        }
        if (!others.isEmpty()) {
            throw refused(
                    name,
                    "IOMMU group " + group + " is not viable: it also has " + String.join(", ", others),
                    "all devices of a group go together (root: dpdk-devbind.py -b vfio-pci " + names
                            + "), or put the NIC into another slot");
        }
    }

    private void checkAccess(final String name, final String group) {
        final Path file = root.resolve("dev/vfio").resolve(group);
        if (!Files.exists(file)) {
            throw refused(
                    name,
                    "there is no /dev/vfio/" + group,
                    "give this container the device: --device /dev/vfio/" + group);
        }
        if (!Files.isReadable(file) || !Files.isWritable(file)) {
            throw refused(
                    name,
                    "this user may not open /dev/vfio/" + group,
                    "give it to the user (root: chown " + System.getProperty("user.name") + " /dev/vfio/" + group
                            + "), or run as root");
        }
    }

    private void checkLockedMemory(final String name) {
        if (!privileges.mayLock(LEAST_LOCKED_BYTES)) {
            throw refused(
                    name,
                    "this process may lock " + (privileges.lockedBytes() >> 10)
                            + " KB of memory, and a device needs all of DPDK's locked",
                    "allow it (ulimit -l unlimited; memlock in /etc/security/limits.conf; LimitMEMLOCK=infinity of a"
                            + " service), or run as root");
        }
    }

    /** The Ethernet controllers there are, each with its driver and its IOMMU group. */
    public List<String> nics() {
        final List<String> nics = new ArrayList<>();
        for (final String device : list(devices())) {
            if (read(devices().resolve(device).resolve("class")).startsWith("0x0200")) {
                final String driver = linkOf(devices().resolve(device).resolve("driver"));
                final String group = linkOf(devices().resolve(device).resolve("iommu_group"));
                nics.add(device + " (" + (driver.isEmpty() ? "no driver" : driver)
                        + (group.isEmpty() ? "" : ", IOMMU group " + group) + ")");
            }
        }
        return nics;
    }

    /** How devices address memory: physically where one has no IOMMU that translates, else as the options say. */
    IovaMode addressing(final EalOptions options) {
        final boolean physically = options.devices().stream()
                .filter(Devargs::isPci)
                .map(device -> devices().resolve(device.name().toLowerCase(Locale.ROOT)))
                .anyMatch(device -> UNPROTECTED_DRIVERS.contains(linkOf(device.resolve("driver"))));
        return physically ? IovaMode.PA : options.iovaMode();
    }

    private Path devices() {
        return root.resolve("sys/bus/pci/devices");
    }

    private static List<String> list(final Path directory) {
        final List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (final IOException e) {
            return List.of(); // no PCI bus, or no such group any more
        }
        names.sort(null);
        return names;
    }

    private static String read(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            return "";
        }
    }

    /** The last name of what a link leads to; empty where there is none. */
    private static String linkOf(final Path link) {
        try {
            return Files.readSymbolicLink(link).getFileName().toString();
        } catch (final IOException e) {
            return "";
        }
    }

    private static DpdkException refused(final String device, final String what, final String mend) {
        return new DpdkException("PCI device " + device, 0, what, mend);
    }
}
