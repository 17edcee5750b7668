package io.millrace.dpdk;

import io.millrace.linux.HugePages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** What can be found out before DPDK is started, and said in one line instead of EAL's many. */
final class Preflight {
    private static final long MEGABYTE = 1 << 20;
    private static final long LEAST_HUGE_BYTES = 64 * MEGABYTE;
    private static final Path PCI_DEVICES = Path.of("/sys/bus/pci/devices");

    /** Kernel drivers that work beside DPDK and must stay bound (mlx4, mlx5, mana, hyper-v). */
    private static final Set<String> SHARED_DRIVERS = Set.of("mlx4_core", "mlx5_core", "mana", "hv_netvsc");
    /** Kernel drivers that hand a device to DPDK. */
    private static final Set<String> USER_DRIVERS = Set.of("vfio-pci", "uio_pci_generic", "igb_uio");

    private Preflight() {}

    static void check(final EalOptions options) {
        checkHugePages(options);
        for (final Devargs device : options.devices()) {
            if (device.isPci()) {
                checkPci(device);
            }
        }
    }

    private static void checkHugePages(final EalOptions options) {
        if (!options.hugePages()) {
            return;
        }
        final long wanted = Math.max(LEAST_HUGE_BYTES, options.memoryMegabytes() * MEGABYTE);
        final long free = HugePages.freeBytes();
        if (free < wanted) {
            throw new DpdkException(
                    "rte_eal_init",
                    0,
                    "no huge pages: " + free / MEGABYTE + " MB free, " + wanted / MEGABYTE + " MB wanted",
                    "reserve them (root: " + HugePages.commandToReserve(Math.max(wanted, 1024 * MEGABYTE))
                            + ") or start without (--no-huge)");
        }
    }

    private static void checkPci(final Devargs device) {
        final Path directory = PCI_DEVICES.resolve(device.name().toLowerCase(Locale.ROOT));
        if (!Files.exists(directory)) {
            throw new DpdkException(
                    "rte_eal_init -a " + device.name(), 0, "there is no such PCI device", "`lspci -D` lists them");
        }
        final String driver = kernelDriver(directory);
        if (!USER_DRIVERS.contains(driver) && !SHARED_DRIVERS.contains(driver)) {
            throw new DpdkException(
                    "rte_eal_init -a " + device.name(),
                    0,
                    driver.isEmpty() ? "the device has no kernel driver" : "the device belongs to driver " + driver,
                    "hand it to DPDK (root: modprobe vfio-pci; dpdk-devbind.py -b vfio-pci " + device.name() + ")");
        }
    }

    private static String kernelDriver(final Path device) {
        try {
            return Files.readSymbolicLink(device.resolve("driver"))
                    .getFileName()
                    .toString();
        } catch (final IOException e) {
            return ""; // bound to none
        }
    }

    /** What to do about an error of {@code rte_eal_init}. */
    static String mend(final int errno) {
        return switch (errno) {
            case 13, 1 -> // EACCES, EPERM
                "run as root, or give this user access to /dev/vfio/* and unlimited memory locks (ulimit -l unlimited)";
            case 12 -> // ENOMEM
                "reserve more huge pages (root: " + HugePages.commandToReserve(1024 * MEGABYTE)
                        + ") or start without (--no-huge)";
            case 17, 11 -> // EEXIST, EAGAIN
                "another DPDK process has this file prefix; choose another";
            default -> "start again with log level debug to see more";
        };
    }
}
