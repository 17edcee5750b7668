package io.millrace.dpdk;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A device in DPDK's own syntax: {@code net_af_packet0,iface=veth1}, {@code net_memif0,role=client},
 * {@code 0000:3b:00.0}.
 *
 * @param name the virtual device's driver and number, or the PCI address with its domain
 * @param arguments what follows the first comma; empty for none
 */
public record Devargs(String name, String arguments) {
    private static final Pattern PCI = Pattern.compile("(?:[0-9a-fA-F]{4,8}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7]");
    private static final Pattern VIRTUAL = Pattern.compile("(?:net|eth)_[A-Za-z0-9_.-]+");
    private static final Pattern ARGUMENTS = Pattern.compile("[\\x21-\\x7e]{0,1024}");
    private static final int MAX_NAME = 63; // RTE_DEV_NAME_MAX_LEN

    /** A device by its parts, which {@link #parse} has checked. */
    public Devargs {
        if (!PCI.matcher(name).matches() && !(VIRTUAL.matcher(name).matches() && name.length() <= MAX_NAME)) {
            throw new IllegalArgumentException("device '" + name + "': not a PCI address (0000:3b:00.0) and not a"
                    + " virtual device (net_af_packet0,iface=eth1; net_memif0; net_vhost0,iface=/tmp/socket)");
        }
        if (!ARGUMENTS.matcher(arguments).matches()) {
            throw new IllegalArgumentException("device '" + name + "': arguments '" + arguments
                    + "' must be printable ASCII without spaces, as in " + name + ",key=value");
        }
    }

    /**
     * Reads a device as a user writes it.
     *
     * @throws IllegalArgumentException with the value and what would be right
     */
    public static Devargs parse(final String text) {
        final int comma = text.indexOf(',');
        final String name = comma < 0 ? text : text.substring(0, comma);
        final String arguments = comma < 0 ? "" : text.substring(comma + 1);
        final boolean shortPci = PCI.matcher(name).matches() && name.indexOf(':') == name.lastIndexOf(':');
        return new Devargs(shortPci ? "0000:" + name : name, arguments);
    }

    /** Whether it is a PCI device, which EAL must be told of at its start. */
    public boolean isPci() {
        return name.indexOf(':') >= 0;
    }

    /** The driver's name of a virtual device: {@code net_af_packet}. Empty for PCI. */
    public String driver() {
        return isPci() ? "" : name.replaceFirst("[0-9]+$", "");
    }

    /** Whether it is virtio-user, which needs DPDK's memory in few files. */
    boolean isVirtioUser() {
        return driver().equals("net_virtio_user");
    }

    /** The value of an argument, if it is given. */
    public Optional<String> argument(final String key) {
        for (final String argument : arguments.split(",", -1)) {
            if (argument.startsWith(key + "=")) {
                return Optional.of(argument.substring(key.length() + 1));
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return arguments.isEmpty() ? name : name + "," + arguments;
    }
}
