package io.millrace.dataplane.port.decorator;

import io.millrace.dataplane.port.decorator.CaptureFilter.Field;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the part of tcpdump's language that a capture needs:
 *
 * <pre>
 *  expression  factor { (and | or) factor }     left to right, neither binds closer: as tcpdump has it, so use parentheses
 *  factor      not factor | ( expression ) | primitive
 *  primitive   ip | ip6 | arp | icmp | icmp6 | tcp | udp | inbound | outbound
 *              [protocol] [src | dst] (host ADDRESS | net PREFIX | port N | portrange N-N)
 *              [protocol] (src | dst) ADDRESS
 *              ADDRESS | N                      after an and or or: with the words of the primitive before it
 * </pre>
 *
 * <p>{@code &&}, {@code ||} and {@code !} are and, or and not. For one use by one thread; allocates as it likes.
 */
final class FilterParser {
    private static final Pattern TOKEN = Pattern.compile("\\s*(\\(|\\)|&&|\\|\\||!|[^\\s()!&|]+|.)");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,5}");
    private static final Pattern VALUE = Pattern.compile("[0-9].*|[0-9a-fA-F]*:.*");
    private static final int MAX_PORT = 65_535;

    private static final Map<String, Node> WORDS = Map.of(
            "ip", number(Field.ETHER_TYPE, EtherType.IPV4),
            "ip6", number(Field.ETHER_TYPE, EtherType.IPV6),
            "arp", number(Field.ETHER_TYPE, EtherType.ARP),
            "icmp", new And(number(Field.ETHER_TYPE, EtherType.IPV4), number(Field.PROTOCOL, 1)),
            "icmp6", new And(number(Field.ETHER_TYPE, EtherType.IPV6), number(Field.PROTOCOL, 58)),
            "tcp", number(Field.PROTOCOL, 6),
            "udp", number(Field.PROTOCOL, 17),
            "inbound", number(Field.DIRECTION, CaptureLayout.INBOUND),
            "outbound", number(Field.DIRECTION, CaptureLayout.OUTBOUND));
    private static final Set<String> TYPES = Set.of("host", "net", "port", "portrange");
    private static final String EXPECTED =
            "expected host, net, port, portrange, src, dst, ip, ip6, arp, icmp, icmp6, tcp, udp, inbound, outbound, not or (";

    /** A part of the expression. */
    sealed interface Node {
        /** Appends its tests to the program; returns where to begin. */
        int emit(List<CaptureFilter.Test> program, int ifYes, int ifNo);
    }

    private record Leaf(Field field, long hi, long lo, long maskHi, long maskLo) implements Node {
        @Override
        public int emit(final List<CaptureFilter.Test> program, final int ifYes, final int ifNo) {
            program.add(new CaptureFilter.Test(field, hi, lo, maskHi, maskLo, ifYes, ifNo));
            return program.size() - 1;
        }
    }

    private record And(Node left, Node right) implements Node {
        @Override
        public int emit(final List<CaptureFilter.Test> program, final int ifYes, final int ifNo) {
            return left.emit(program, right.emit(program, ifYes, ifNo), ifNo);
        }
    }

    private record Or(Node left, Node right) implements Node {
        @Override
        public int emit(final List<CaptureFilter.Test> program, final int ifYes, final int ifNo) {
            return left.emit(program, ifYes, right.emit(program, ifYes, ifNo));
        }
    }

    private record Not(Node node) implements Node {
        @Override
        public int emit(final List<CaptureFilter.Test> program, final int ifYes, final int ifNo) {
            return node.emit(program, ifNo, ifYes);
        }
    }

    private record Token(String text, int position) {}

    private final String filter;
    private final List<Token> tokens = new ArrayList<>();
    private int next;
    /** src, dst or nothing, and the type, of the last primitive that had them. */
    private String lastSide = "";

    private String lastType = "";

    FilterParser(final String filter) {
        this.filter = filter;
        final Matcher matcher = TOKEN.matcher(filter.stripTrailing());
        while (matcher.find()) {
            tokens.add(new Token(matcher.group(1), matcher.start(1) + 1));
        }
    }

    private static Node number(final Field field, final long value) {
        return range(field, value, value);
    }

    private static Node range(final Field field, final long low, final long high) {
        return new Leaf(field, low, high, 0, 0);
    }

    /** The whole expression. */
    Node parse() {
        final Node node = expression();
        if (next < tokens.size()) {
            throw mistake("expected and, or, or the end");
        }
        return node;
    }

    private Node expression() {
        Node left = factor();
        while (true) {
            if (take("and") || take("&&")) {
                left = new And(left, factor());
            } else if (take("or") || take("||")) {
                left = new Or(left, factor());
            } else {
                return left;
            }
        }
    }

    private Node factor() {
        if (take("not") || take("!")) {
            return new Not(factor());
        }
        if (take("(")) {
            final Node inner = expression();
            if (!take(")")) {
                throw mistake("expected )");
            }
            return inner;
        }
        return primitive();
    }

    private Node primitive() {
        final String word = peek();
        final Node protocol = WORDS.get(word);
        if (protocol != null) {
            next++;
            final boolean alone = word.endsWith("bound") || !startsQualified(peek());
            return alone ? protocol : new And(protocol, qualified());
        }
        if (startsQualified(word)) {
            return qualified();
        }
        if (!lastType.isEmpty() && VALUE.matcher(word).matches()) {
            return value(lastSide, lastType);
        }
        throw mistake(EXPECTED);
    }

    private static boolean startsQualified(final String word) {
        return TYPES.contains(word) || isSide(word);
    }

    private static boolean isSide(final String word) {
        return word.equals("src") || word.equals("dst");
    }

    private Node qualified() {
        lastSide = isSide(peek()) ? take() : "";
        if (!TYPES.contains(peek())
                && (lastSide.isEmpty() || !VALUE.matcher(peek()).matches())) {
            throw mistake("expected host, net, port or portrange" + (lastSide.isEmpty() ? "" : ", or an address"));
        }
        lastType = TYPES.contains(peek()) ? take() : "host";
        return value(lastSide, lastType);
    }

    private Node value(final String side, final String type) {
        return switch (type) {
            case "host" -> address(side, host());
            case "net" -> address(side, net());
            case "port" -> {
                final int port = port(peek());
                next++;
                yield ports(side, port, port);
            }
            default -> portRange(side);
        };
    }

    private IpPrefix host() {
        try {
            final IpAddress address = IpAddress.parse(peek());
            next++;
            return new IpPrefix(address, address.isIpv4() ? 32 : 128);
        } catch (final IllegalArgumentException e) {
            throw mistake("expected an address such as 10.0.0.1 or fd00::1", e);
        }
    }

    private IpPrefix net() {
        try {
            final IpPrefix prefix = IpPrefix.parse(peek());
            next++;
            return prefix;
        } catch (final IllegalArgumentException e) {
            throw mistake("expected a network such as 10.0.0.0/8 or fd00::/64", e);
        }
    }

    private int port(final String text) {
        if (!NUMBER.matcher(text).matches() || Integer.parseInt(text) > MAX_PORT) {
            throw mistake("expected a port, 0 to " + MAX_PORT);
        }
        return Integer.parseInt(text);
    }

    private Node portRange(final String side) {
        final String[] ends = peek().split("-", -1);
        if (ends.length != 2) {
            throw mistake("expected a range of ports such as 8000-8099");
        }
        final int low = port(ends[0]);
        final int high = port(ends[1]);
        if (low > high) {
            throw mistake("the range runs backwards");
        }
        next++;
        return ports(side, low, high);
    }

    private static Node ports(final String side, final int low, final int high) {
        return either(side, range(Field.SOURCE_PORT, low, high), range(Field.DESTINATION_PORT, low, high));
    }

    private static Node address(final String side, final IpPrefix prefix) {
        return either(side, inNetwork(Field.SOURCE, prefix), inNetwork(Field.DESTINATION, prefix));
    }

    /** An address of IPv4 is a mapped one, so its 96 first bits tell the family: they always count. */
    private static Node inNetwork(final Field field, final IpPrefix prefix) {
        final int bits = prefix.address().isIpv4() ? 96 + prefix.length() : prefix.length();
        final Node in = new Leaf(
                field,
                prefix.address().hi(),
                prefix.address().lo(),
                mask(Math.min(bits, 64)),
                mask(Math.max(bits - 64, 0)));
        // ::/0 would match the mapped addresses of IPv4, and the zeros of a frame that has none
        return prefix.address().isIpv4() ? in : new And(number(Field.ETHER_TYPE, EtherType.IPV6), in);
    }

    private static long mask(final int bits) {
        return bits == 0 ? 0 : -1L << 64 - bits;
    }

    private static Node either(final String side, final Node source, final Node destination) {
        return switch (side) {
            case "src" -> source;
            case "dst" -> destination;
            default -> new Or(source, destination);
        };
    }

    private String peek() {
        return next < tokens.size() ? tokens.get(next).text() : "";
    }

    private String take() {
        return tokens.get(next++).text();
    }

    private boolean take(final String text) {
        final boolean there = peek().equals(text);
        if (there) {
            next++;
        }
        return there;
    }

    private IllegalArgumentException mistake(final String expected) {
        return mistake(expected, null);
    }

    private IllegalArgumentException mistake(final String expected, final Throwable cause) {
        final String where = next < tokens.size()
                ? "'" + peek() + "' at position " + tokens.get(next).position()
                : "the end at position " + (filter.stripTrailing().length() + 1);
        return new IllegalArgumentException("filter '" + filter + "': " + where + ": " + expected, cause);
    }
}
