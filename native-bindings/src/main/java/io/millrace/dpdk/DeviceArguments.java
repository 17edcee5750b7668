package io.millrace.dpdk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What a virtual device needs and can be looked at beforehand: its driver would only say "failed". */
final class DeviceArguments {
    private static final Path INTERFACES =
            Path.of("/proc/thread-self/net/dev"); // where its sockets will be, unlike /sys
    private static final Path TUN = Path.of("/dev/net/tun");
    private static final String VHOST_NET = "/dev/vhost-net";
    private static final int MAX_INTERFACE_NAME = 15; // IFNAMSIZ - 1
    private static final int MAX_SOCKET_PATH = 107; // sockaddr_un.sun_path, and its end
    private static final Set<String> SERVER_ROLES = Set.of("server", "master");
    private static final Set<String> ROLES = Set.of("server", "master", "client", "slave");

    private DeviceArguments() {}

    /**
     * Throws when something that the device names is not there.
     *
     * @throws IllegalArgumentException when an argument is missing or wrong
     * @throws DpdkException when an interface, a socket, a file or a kernel module is missing
     */
    static void check(final Devargs device) {
        switch (device.driver()) {
            case "net_af_packet", "net_af_xdp" -> requireInterface(device, require(device, "iface", "eth1"));
            case "net_tap" -> checkTap(device);
            case "net_vhost" -> checkVhost(device);
            case "net_virtio_user" -> checkVirtioUser(device);
            case "net_memif" -> checkMemif(device);
            case "net_pcap" -> checkPcap(device);
            case "net_bonding" -> checkBonding(device);
            default -> {}
        }
    }

    private static void requireInterface(final Devargs device, final String name) {
        try {
            if (Files.readAllLines(INTERFACES).stream()
                    .noneMatch(line -> line.strip().startsWith(name + ":"))) {
                throw missing("open " + device, "there is no interface '" + name + "'", "`ip link` lists them");
            }
        } catch (final IOException e) {
            return; // no /proc: the driver will say
        }
    }

    private static void checkTap(final Devargs device) {
        if (!Files.exists(TUN)) {
            throw missing("open " + device, "there is no " + TUN, "load the kernel's module (root: modprobe tun)");
        }
        final String name = device.argument("iface").orElse("");
        if (name.length() > MAX_INTERFACE_NAME) {
            throw new IllegalArgumentException("device '" + device + "': interface '" + name + "' must have at most "
                    + MAX_INTERFACE_NAME + " characters");
        }
        device.argument("remote").ifPresent(remote -> requireInterface(device, remote));
    }

    private static void checkVhost(final Devargs device) {
        checkSocket(device, require(device, "iface", "/run/millrace.sock"), !isOn(device, "client"));
    }

    private static void checkVirtioUser(final Devargs device) {
        final String path = require(device, "path", "/run/millrace.sock");
        if (path.equals(VHOST_NET) && !Files.exists(Path.of(path))) {
            throw missing(
                    "open " + path + " for " + device.name(),
                    "there is no such device",
                    "load the kernel's module (root: modprobe vhost_net)");
        }
        if (isOn(device, "server")) {
            checkSocket(device, path, true);
        } else if (!Files.exists(Path.of(path))) {
            throw missing(
                    "connect to " + path + " for " + device.name(),
                    "there is no such socket",
                    "start the process that listens there first");
        }
    }

    private static void checkMemif(final Devargs device) {
        final String role = device.argument("role").orElse("client");
        if (!ROLES.contains(role)) {
            throw new IllegalArgumentException(
                    "device '" + device + "': role '" + role + "' must be server or client, as in " + device.name()
                            + ",role=server,socket=/run/memif.sock,socket-abstract=no");
        }
        if (device.argument("socket-abstract").orElse("yes").equals("no")) { // else it has no file
            checkSocket(device, device.argument("socket").orElse("/run/memif.sock"), SERVER_ROLES.contains(role));
        }
    }

    private static void checkSocket(final Devargs device, final String path, final boolean listens) {
        if (path.length() > MAX_SOCKET_PATH) {
            throw new IllegalArgumentException("device '" + device.name() + "': socket " + path + " must have at most "
                    + MAX_SOCKET_PATH + " characters");
        }
        final Path socket = Path.of(path);
        requireDirectory(device, socket);
        if (listens) {
            StaleSocket.remove(device, socket);
        }
    }

    private static void requireDirectory(final Devargs device, final Path file) {
        final Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw missing(
                    "make " + file + " for " + device.name(),
                    "there is no directory '" + directory + "'",
                    "make it (mkdir -p)");
        }
    }

    private static void checkPcap(final Devargs device) {
        for (final String key : List.of("iface", "rx_iface", "rx_iface_in", "tx_iface")) {
            device.argument(key).ifPresent(name -> requireInterface(device, name));
        }
        device.argument("rx_pcap").ifPresent(file -> checkCapture(device, Path.of(file)));
        device.argument("tx_pcap").ifPresent(file -> requireDirectory(device, Path.of(file)));
        if (device.arguments().isEmpty()) {
            throw new IllegalArgumentException("device '" + device + "': needs files or an interface, as in "
                    + device.name() + ",rx_pcap=in.pcap,tx_pcap=out.pcap or " + device.name() + ",iface=eth1");
        }
    }

    private static void checkCapture(final Devargs device, final Path file) {
        if (!Files.isReadable(file)) {
            throw missing("read " + file + " for " + device.name(), "there is no such file to read", "check its name");
        }
        try (InputStream in = Files.newInputStream(file)) {
            final byte[] magic = in.readNBytes(4);
            if (magic.length < 4 || !isMagic(magic)) {
                throw missing(
                        "read " + file + " for " + device.name(),
                        "it is no capture file",
                        "write one with tcpdump -w, in pcap or pcapng format");
            }
        } catch (final IOException e) {
            throw missing("read " + file + " for " + device.name(), String.valueOf(e.getMessage()), "check the file");
        }
    }

    /** pcap in either byte order, of micro- or nanoseconds, and pcapng. */
    private static boolean isMagic(final byte[] bytes) {
        final int magic = (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
        return switch (magic) {
            case 0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a -> true;
            default -> false;
        };
    }

    private static void checkBonding(final Devargs device) {
        if (device.members().isEmpty()) {
            throw new IllegalArgumentException("device '" + device + "': needs members, as in " + device.name()
                    + ",mode=1,member=(net_af_packet0,iface=eth1),member=(net_af_packet1,iface=eth2)");
        }
    }

    private static boolean isOn(final Devargs device, final String key) {
        return device.argument(key).orElse("0").equals("1");
    }

    private static String require(final Devargs device, final String key, final String example) {
        final String model = device.name() + "," + key + "=" + example;
        return device.argument(key)
                .filter(value -> !value.isEmpty())
                .orElseThrow(() ->
                        new IllegalArgumentException("device '" + device + "': needs " + key + ", as in " + model));
    }

    private static DpdkException missing(final String what, final String text, final String mend) {
        return new DpdkException(what, 0, text, mend);
    }
}
