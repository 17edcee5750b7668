package io.millrace.dpdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a virtual device needs and can be looked at beforehand: its driver would only say "failed". */
final class DeviceArguments {
    private static final Path INTERFACES =
            Path.of("/proc/thread-self/net/dev"); // where its sockets will be, unlike /sys

    private DeviceArguments() {}

    /** Throws when an interface or socket that the device names is not there. */
    static void check(final Devargs device) {
        switch (device.driver()) {
            case "net_af_packet", "net_af_xdp" -> checkInterface(device);
            case "net_vhost" -> checkVhost(device);
            case "net_virtio_user" -> checkVirtioUser(device);
            default -> {}
        }
    }

    private static void checkInterface(final Devargs device) {
        final String name = require(device, "iface", "eth1");
        try {
            if (Files.readAllLines(INTERFACES).stream()
                    .noneMatch(line -> line.strip().startsWith(name + ":"))) {
                throw new DpdkException(
                        "open " + device, 0, "there is no interface '" + name + "'", "`ip link` lists them");
            }
        } catch (final IOException e) {
            return; // no /proc: the driver will say
        }
    }

    private static void checkVhost(final Devargs device) {
        final Path socket = Path.of(require(device, "iface", "/run/millrace.sock"));
        final Path directory = socket.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new DpdkException(
                    "listen on " + socket + " for " + device.name(),
                    0,
                    "there is no directory '" + directory + "'",
                    "make it (mkdir -p)");
        }
        if (!device.argument("client").orElse("0").equals("1")) {
            StaleSocket.remove(device, socket);
        }
    }

    private static void checkVirtioUser(final Devargs device) {
        final String path = require(device, "path", "/run/millrace.sock");
        if (!device.argument("server").orElse("0").equals("1") && !Files.exists(Path.of(path))) {
            throw new DpdkException(
                    "connect to " + path + " for " + device.name(),
                    0,
                    "there is no such socket",
                    "start the process that listens there first");
        }
    }

    private static String require(final Devargs device, final String key, final String example) {
        final String model = device.name() + "," + key + "=" + example;
        return device.argument(key)
                .filter(value -> !value.isEmpty())
                .orElseThrow(() ->
                        new IllegalArgumentException("device '" + device + "': needs " + key + ", as in " + model));
    }
}
