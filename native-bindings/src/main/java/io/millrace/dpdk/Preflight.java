package io.millrace.dpdk;

import io.millrace.linux.HugePages;

/** What can be found out before DPDK is started, and said in one line instead of EAL's many. */
final class Preflight {
    private static final long MEGABYTE = 1 << 20;
    private static final long LEAST_HUGE_BYTES = 64 * MEGABYTE;

    private Preflight() {}

    static void check(final EalOptions options) {
        checkHugePages(options);
        final PciPreflight pci = PciPreflight.ofThisMachine();
        options.devices().stream().filter(Devargs::isPci).forEach(pci::check);
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
