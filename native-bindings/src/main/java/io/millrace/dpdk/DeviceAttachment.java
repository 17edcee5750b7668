package io.millrace.dpdk;

import io.millrace.dpdk.ffm.DpdkFunctions;
import io.millrace.dpdk.ffm.DpdkLibrary;

/**
 * Turns a device's name into a port. Virtual devices are plugged in now; PCI devices were found when EAL started, which
 * succeeds without them, so what was asked for is compared with what is there.
 */
final class DeviceAttachment {
    private static final String VIRTUAL_BUS = "vdev";
    private static final String PCI_BUS = "pci";
    private static final int EEXIST = 17;

    private DeviceAttachment() {}

    static int attach(final Eal eal, final Devargs device) {
        return device.isPci() ? findPci(eal, device) : plug(eal, device);
    }

    private static int findPci(final Eal eal, final Devargs device) {
        final DpdkFunctions functions = eal.functions();
        final int port = functions.ethdev().getPortByName(device.name());
        if (port >= 0) {
            return port;
        }
        if (eal.options().devices().stream().noneMatch(named -> named.name().equals(device.name()))) {
            throw new IllegalStateException(device + ": name PCI devices in EalOptions, before DPDK starts");
        }
        // Closed before, or not openable when DPDK started.
        eal.functions().eal().hotplugAdd(PCI_BUS, device.name(), device.arguments());
        final int second = functions.ethdev().getPortByName(device.name());
        if (second >= 0) {
            return second;
        }
        throw Failure.of(
                functions,
                "rte_eth_dev_get_port_by_name " + device.name(),
                port,
                "DPDK started without it: is another process using it, and is its driver's package installed"
                        + " (Debian, Ubuntu: apt-get install librte-meta-net)? `millrace doctor --port "
                        + device.name() + "` looks at the rest");
    }

    private static int plug(final Eal eal, final Devargs device) {
        final DpdkFunctions functions = eal.functions();
        if (functions.ethdev().getPortByName(device.name()) >= 0) {
            throw new DpdkException(
                    "rte_eal_hotplug_add " + device,
                    EEXIST,
                    "the device is attached already",
                    "give it another number");
        }
        DeviceArguments.check(device);
        eal.forwardLog();
        final String arguments = device.driverArguments(eal.abi());
        final int result = functions.eal().hotplugAdd(VIRTUAL_BUS, device.name(), arguments);
        if (result < 0) {
            throw Failure.of(functions, "rte_eal_hotplug_add " + device, result, mend(functions, device));
        }
        if (device.isRing()) {
            eal.forwardClosingLog(); // it complains of finding the rings of its last life, and takes them
        }
        final int port = functions.ethdev().getPortByName(device.name());
        if (port < 0) {
            functions.eal().hotplugRemove(VIRTUAL_BUS, device.name());
            throw Failure.of(functions, "rte_eal_hotplug_add " + device, port, mend(functions, device));
        }
        return port;
    }

    static void detach(final Eal eal, final Devargs device) {
        eal.functions().eal().hotplugRemove(device.isPci() ? PCI_BUS : VIRTUAL_BUS, device.name());
    }

    private static String mend(final DpdkFunctions functions, final Devargs device) {
        final DpdkLibrary library = functions.library();
        final int abi = library.layout().abi();
        final String driver = switch (device.driver()) {
            case "net_virtio_user" -> "net_virtio";
            case "net_bonding" -> "net_bond";
            default -> device.driver();
        };
        if (!library.directory()
                .resolve("librte_" + driver + ".so." + abi)
                .toFile()
                .exists()) {
            return "there is no driver " + device.driver() + " here: check the name, or install it (Debian, Ubuntu:"
                    + " apt-get install " + DpdkLibrary.packageName("librte-" + driver, abi) + ")";
        }
        return "check its arguments (does the interface, file or socket exist? is it in use? root?)";
    }
}
