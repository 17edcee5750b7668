package io.millrace.dataplane.port.decorator;

import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.memory.Memory;
import java.util.ArrayList;
import java.util.List;

/**
 * Which frames a capture keeps, written as for tcpdump: {@code tcp port 80 and not host 10.0.0.7}. What is understood says
 * {@link FilterParser}. Parsed once to a flat program of tests, each with the next test for yes and for no.
 *
 * <p>Immutable: any thread. Matching allocates nothing.
 */
public final class CaptureFilter {
    /** Every frame. */
    public static final CaptureFilter ALL = new CaptureFilter("", List.of(), CaptureFilter.YES);

    static final int YES = -1;
    static final int NO = -2;

    private static final int ETHERNET = 14;
    private static final int MAX_EXTENSIONS = 8;
    private static final int FRAGMENT_OFFSET_MASK = 0x1fff;
    private static final int NOTHING = -1;

    /** What a test looks at. */
    enum Field {
        ETHER_TYPE,
        PROTOCOL,
        SOURCE,
        DESTINATION,
        SOURCE_PORT,
        DESTINATION_PORT,
        DIRECTION;

        int code() {
            return ordinal();
        }
    }

    /**
     * One test: {@code (value & mask) == wanted} for addresses, {@code low <= value <= high} for numbers.
     *
     * @param field what is looked at
     * @param hi first word of the wanted address, or the lowest number
     * @param lo second word of the wanted address, or the highest number
     * @param maskHi network mask of {@code hi}; 0 for numbers
     * @param maskLo network mask of {@code lo}; 0 for numbers
     * @param ifYes index of the next test, or {@link #YES} or {@link #NO}
     * @param ifNo likewise
     */
    record Test(Field field, long hi, long lo, long maskHi, long maskLo, int ifYes, int ifNo) {}

    private final String text;
    private final int entry;
    private final int[] fields;
    private final int[] ifYes;
    private final int[] ifNo;
    /** Four words for each test: hi, lo and their masks. */
    private final long[] words;

    CaptureFilter(final String text, final List<Test> program, final int entry) {
        this.text = text;
        this.entry = entry;
        final int size = program.size();
        fields = new int[size];
        ifYes = new int[size];
        ifNo = new int[size];
        words = new long[size * 4];
        for (int i = 0; i < size; i++) {
            final Test test = program.get(i);
            fields[i] = test.field().code();
            ifYes[i] = test.ifYes();
            ifNo[i] = test.ifNo();
            words[4 * i] = test.hi();
            words[4 * i + 1] = test.lo();
            words[4 * i + 2] = test.maskHi();
            words[4 * i + 3] = test.maskLo();
        }
    }

    /**
     * Reads a filter; an empty one is {@link #ALL}.
     *
     * @throws IllegalArgumentException for a mistake; its message is one line and names the position, counted from 1
     */
    public static CaptureFilter parse(final String text) {
        if (text.isBlank()) {
            return ALL;
        }
        final List<Test> program = new ArrayList<>();
        final int entry = new FilterParser(text).parse().emit(program, YES, NO);
        return new CaptureFilter(text.strip(), program, entry);
    }

    /**
     * Whether a frame is to be kept.
     *
     * @param frame address of its Ethernet header
     * @param length bytes that may be read there
     * @param direction as in pcapng: 1 for a frame received, 2 for one sent
     */
    boolean matches(final long frame, final int length, final int direction) {
        return entry < 0 ? entry == YES : run(frame, length, direction);
    }

    private boolean run(final long frame, final int length, final int direction) {
        int l3 = ETHERNET;
        int etherType = length < ETHERNET ? NOTHING : Memory.getShortBE(frame + 12);
        while (isTag(etherType) && length >= l3 + 4) {
            etherType = Memory.getShortBE(frame + l3 + 2);
            l3 += 4;
        }
        long sourceHi = 0;
        long sourceLo = 0;
        long destinationHi = 0;
        long destinationLo = 0;
        long upper = NOTHING; // protocol and offset of what the IP packet carries
        if (etherType == EtherType.IPV4 && length >= l3 + 20) {
            sourceLo = IpAddress.lowWord(Memory.getIntBE(frame + l3 + 12));
            destinationLo = IpAddress.lowWord(Memory.getIntBE(frame + l3 + 16));
            upper = upperOfIpv4(frame, l3);
        } else if (etherType == EtherType.IPV6 && length >= l3 + 40) {
            sourceHi = Memory.getLongBE(frame + l3 + 8);
            sourceLo = Memory.getLongBE(frame + l3 + 16);
            destinationHi = Memory.getLongBE(frame + l3 + 24);
            destinationLo = Memory.getLongBE(frame + l3 + 32);
            upper = upperOfIpv6(frame, l3, length);
        } else if (etherType == EtherType.ARP && length >= l3 + 28) {
            sourceLo = IpAddress.lowWord(Memory.getIntBE(frame + l3 + 14));
            destinationLo = IpAddress.lowWord(Memory.getIntBE(frame + l3 + 24));
        }
        final int protocol = upper == NOTHING ? NOTHING : (int) (upper >>> 32);
        final int ports = portsOf(frame, length, protocol, (int) upper);
        int at = entry;
        while (at >= 0) {
            final boolean yes = switch (fields[at]) {
                case 0 -> within(at, etherType);
                case 1 -> within(at, protocol);
                case 2 -> inNetwork(at, sourceHi, sourceLo);
                case 3 -> inNetwork(at, destinationHi, destinationLo);
                case 4 -> ports != NOTHING && within(at, Memory.getShortBE(frame + ports));
                case 5 -> ports != NOTHING && within(at, Memory.getShortBE(frame + ports + 2));
                default -> within(at, direction);
            };
            at = yes ? ifYes[at] : ifNo[at];
        }
        return at == YES;
    }

    private static boolean isTag(final int etherType) {
        return etherType == EtherType.VLAN || etherType == 0x88a8;
    }

    /** Protocol in the high word; offset in the low one, 0 where a later fragment has no header. */
    private static long upperOfIpv4(final long frame, final int l3) {
        final long protocol = Memory.getUnsignedByte(frame + l3 + 9);
        final int headerLength = (Memory.getUnsignedByte(frame + l3) & 0xf) << 2;
        final boolean later = (Memory.getShortBE(frame + l3 + 6) & FRAGMENT_OFFSET_MASK) != 0;
        return protocol << 32 | (later ? 0 : l3 + headerLength);
    }

    /** As of IPv4; walks over the extension headers of RFC 8200 §4 that a packet usually has. */
    private static long upperOfIpv6(final long frame, final int l3, final int length) {
        int next = Memory.getUnsignedByte(frame + l3 + 6);
        int at = l3 + 40;
        for (int i = 0; i < MAX_EXTENSIONS && at + 8 <= length; i++) {
            if (next == 44) { // fragment
                if ((Memory.getShortBE(frame + at + 2) & 0xfff8) != 0) {
                    return (long) Memory.getUnsignedByte(frame + at) << 32;
                }
                next = Memory.getUnsignedByte(frame + at);
                at += 8;
            } else if (next == 0 || next == 43 || next == 60) { // hop by hop, routing, destination options
                next = Memory.getUnsignedByte(frame + at);
                at += 8 + (Memory.getUnsignedByte(frame + at + 1) << 3);
            } else {
                break;
            }
        }
        return (long) next << 32 | at;
    }

    /** Offset of the ports, or {@link #NOTHING}. */
    private static int portsOf(final long frame, final int length, final int protocol, final int offset) {
        final boolean has = (protocol == IpProtocol.TCP || protocol == 17) && offset != 0 && offset + 4 <= length;
        return has ? offset : NOTHING;
    }

    private boolean within(final int test, final long value) {
        return value >= words[4 * test] && value <= words[4 * test + 1];
    }

    private boolean inNetwork(final int test, final long hi, final long lo) {
        return ((hi ^ words[4 * test]) & words[4 * test + 2]) == 0
                && ((lo ^ words[4 * test + 1]) & words[4 * test + 3]) == 0;
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
