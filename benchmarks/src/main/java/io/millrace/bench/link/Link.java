package io.millrace.bench.link;

import io.millrace.dpdk.Devargs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What {@code --link} names: how a server and a generator are joined, or how a port leads back to itself. Immutable.
 *
 * @param kind which kind.
 * @param devices of {@link Kind#PCI} the server's port and the generator's; none of the others, which make their own.
 */
public record Link(Kind kind, List<Devargs> devices) {
    /** vhost-user, the usual one. */
    public static final Link VHOST = new Link(Kind.VHOST);

    private static final String SYNTAX = "pci:BDF,BDF";

    /** The kinds of links. */
    public enum Kind {
        /** vhost-user and virtio-user over shared memory, packed ring: the fastest between two processes. */
        VHOST(true),
        /** Shared memory interface between two processes. */
        MEMIF(true),
        /** Rings in the memory of one process, without DPDK; for {@code bench io} DPDK's, that lead a port back to itself. */
        RING(true),
        /** The kernel's packet sockets on a veth pair, which is made and removed. */
        AF_PACKET(true),
        /** Two ports of real NICs, joined by a cable or a switch. */
        PCI(true),
        /** One port of ours, beyond which somebody is whom we have not started. */
        PORT(false),
        /** A driver that takes a frame from the pool for each one received, and gives back each one sent: joins nobody. */
        NULL(false);

        private final boolean joins;

        Kind(final boolean joins) {
            this.joins = joins;
        }

        /** The name on the command line. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One port of ours, with a foreigner beyond it. */
    public static Link abroad(final Devargs port) {
        return new Link(Kind.PORT, List.of(port));
    }

    /** Whether a foreigner is beyond it. */
    public boolean leadsAbroad() {
        return kind == Kind.PORT;
    }

    /** Takes the devices over. */
    public Link {
        devices = List.copyOf(devices);
    }

    private Link(final Kind kind) {
        this(kind, List.of());
    }

    /**
     * Reads what joins two nodes.
     *
     * @throws IllegalArgumentException with the value and what would be right.
     */
    public static Link joining(final String text) {
        if (isPci(text)) {
            return pci(text);
        }
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.joins && kind.label().equals(text))
                .map(Link::new)
                .findFirst()
                .orElseThrow(() -> unknown(text, joiningNames()));
    }

    /**
     * Reads what leads a port back to itself, or joins two processes.
     *
     * @throws IllegalArgumentException with the value and what would be right.
     */
    public static Link carrying(final String text) {
        if (isPci(text)) {
            return pci(text);
        }
        final List<Link> known = new ArrayList<>(loops());
        Arrays.stream(Kind.values())
                .filter(kind -> kind.joins && kind != Kind.RING && kind != Kind.PCI)
                .map(Link::new)
                .forEach(known::add);
        return known.stream()
                .filter(link -> link.label().equals(text))
                .findFirst()
                .orElseThrow(() -> unknown(
                        text, known.stream().map(Link::label).collect(Collectors.joining(", ")) + ", " + SYNTAX));
    }

    /** All links that lead a port back to itself. */
    public static List<Link> loops() {
        return List.of(new Link(Kind.RING), new Link(Kind.NULL));
    }

    /** The names of all that join two nodes, for messages. */
    public static String joiningNames() {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.joins)
                .map(kind -> kind == Kind.PCI ? SYNTAX : kind.label())
                .collect(Collectors.joining(", "));
    }

    private static IllegalArgumentException unknown(final String text, final String names) {
        return new IllegalArgumentException("link '" + text + "' is unknown; choose one of " + names);
    }

    private static boolean isPci(final String text) {
        return text.equals(Kind.PCI.label()) || text.startsWith(Kind.PCI.label() + ":");
    }

    private static Link pci(final String text) {
        final String[] ports = text.substring(
                        Math.min(text.length(), Kind.PCI.label().length() + 1))
                .split(",", -1);
        final IllegalArgumentException malformed = new IllegalArgumentException("link '" + text
                + "': name two PCI ports, the server's and the generator's, such as pci:0000:3b:00.0,0000:3b:00.1");
        if (ports.length != 2) {
            throw malformed;
        }
        final List<Devargs> devices = Arrays.stream(ports)
                .map(port -> {
                    try {
                        return Devargs.parse(port);
                    } catch (final IllegalArgumentException e) {
                        throw malformed;
                    }
                })
                .toList();
        if (!devices.stream().allMatch(Devargs::isPci) || devices.getFirst().equals(devices.getLast())) {
            throw malformed;
        }
        return new Link(Kind.PCI, devices);
    }

    /** Whether it leads a port back to itself, where frames are all that matters. */
    public boolean loopsBack() {
        return loops().contains(this);
    }

    /** The device whose frames come back to it. */
    public Devargs loop() {
        return Devargs.parse("net_" + kind.label() + "0");
    }

    /** Whether both nodes are in one process, as what joins them is its memory. */
    public boolean inOneProcess() {
        return kind == Kind.RING;
    }

    /** The name on the command line. */
    public String label() {
        final String names = devices.stream().map(Devargs::toString).collect(Collectors.joining(","));
        return switch (kind) {
            case PCI -> kind.label() + ":" + names;
            case PORT -> names;
            default -> kind.label();
        };
    }

    @Override
    public String toString() {
        return label();
    }
}
