package io.millrace.dpdk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A device in DPDK's own syntax: {@code net_af_packet0,iface=veth1}, {@code net_memif0,role=client},
 * {@code 0000:3b:00.0}. A bonding device may name its members whole, each in parentheses:
 * {@code net_bonding0,mode=1,member=(net_tap0,iface=a),member=(net_tap1,iface=b)}.
 *
 * @param name the virtual device's driver and number, or the PCI address with its domain
 * @param arguments what follows the first comma; empty for none
 */
public record Devargs(String name, String arguments) {
    private static final Pattern PCI = Pattern.compile("(?:[0-9a-fA-F]{4,8}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7]");
    private static final Pattern VIRTUAL = Pattern.compile("(?:net|eth)_[A-Za-z0-9_.-]+");
    private static final Pattern ARGUMENTS = Pattern.compile("[\\x21-\\x7e]{0,1024}");
    private static final int MAX_NAME = 63; // RTE_DEV_NAME_MAX_LEN
    private static final String BONDING = "net_bonding";
    private static final String MEMBER = "member";
    private static final String MEMBER_UP_TO_22_11 = "slave";

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

    /** Whether it is a ring in memory, whose driver never frees it. */
    boolean isRing() {
        return driver().equals("net_ring");
    }

    /** Whether it shares DPDK's own memory with another process, which then must be in few files. */
    boolean sharesMemory() {
        return driver().equals("net_virtio_user")
                || driver().equals("net_memif")
                        && argument("zero-copy").orElse("no").equals("yes");
    }

    /** The value of an argument, if it is given. */
    public Optional<String> argument(final String key) {
        return values(key).stream().findFirst();
    }

    /** The devices that a bonding device joins; empty for others. */
    public List<Devargs> members() {
        if (!driver().equals(BONDING)) {
            return List.of();
        }
        final List<Devargs> members = new ArrayList<>();
        for (final String key : List.of(MEMBER, MEMBER_UP_TO_22_11)) {
            for (final String value : values(key)) {
                final boolean whole = value.startsWith("(") && value.endsWith(")");
                members.add(parse(whole ? value.substring(1, value.length() - 1) : value));
            }
        }
        return members;
    }

    /** The device and all those it joins, which must be there before it. */
    List<Devargs> withMembers() {
        final List<Devargs> devices = new ArrayList<>();
        members().forEach(member -> devices.addAll(member.withMembers()));
        devices.add(this);
        return devices;
    }

    /** The arguments as a DPDK of this ABI takes them: members by name, under the key that ABI 24 changed. */
    String driverArguments(final int abi) {
        final List<Devargs> members = members();
        if (members.isEmpty()) {
            return arguments;
        }
        final List<String> words = new ArrayList<>(split(arguments));
        words.removeIf(word -> word.startsWith(MEMBER + "=") || word.startsWith(MEMBER_UP_TO_22_11 + "="));
        members.forEach(member -> words.add((abi < 24 ? MEMBER_UP_TO_22_11 : MEMBER) + "=" + member.name()));
        return String.join(",", words);
    }

    private List<String> values(final String key) {
        return split(arguments).stream()
                .filter(word -> word.startsWith(key + "="))
                .map(word -> word.substring(key.length() + 1))
                .toList();
    }

    /** At the commas that are not in parentheses. */
    private static List<String> split(final String arguments) {
        final List<String> words = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < arguments.length(); i++) {
            final char c = arguments.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                words.add(arguments.substring(start, i));
                start = i + 1;
            }
        }
        words.add(arguments.substring(start));
        return words;
    }

    @Override
    public String toString() {
        return arguments.isEmpty() ? name : name + "," + arguments;
    }
}
