package io.millrace.tcp.state;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import io.millrace.tcp.NetworkError;

/**
 * The ICMP error that has just arrived, and what it quotes of a segment of ours: whose it was, and its sequence number.
 *
 * <p>One instance a shard, owned by its thread and filled anew for each frame by {@link #parse}; nothing is allocated. That
 * the checksum is right, and that the IP header and 8 bytes of TCP are there, has been checked before. All else may be
 * forged by anyone who can guess it (RFC 5927 §2): {@link IcmpErrorRule} judges.
 */
public final class IcmpError {
    /** Says nothing about a connection: Source Quench (RFC 9293 §3.9.2.2 MUST-55), or not known. */
    public static final int NOTHING = 0;
    /** The way may be bad for a time. */
    public static final int SOFT = 1;
    /** There is no way, for good. */
    public static final int HARD = 2;
    /** The segment was larger than a link of the path takes. */
    public static final int TOO_BIG = 3;

    private static final int ICMP_LENGTH = 8;
    private static final int IPV4_SOURCE_OFFSET = 12;
    private static final int IPV4_DESTINATION_OFFSET = 16;
    private static final int IPV6_LENGTH = 40;
    private static final int IPV6_SOURCE_OFFSET = 8;
    private static final int IPV6_DESTINATION_OFFSET = 24;

    private static final int ICMP4_UNREACHABLE = 3;
    private static final int ICMP4_TIME_EXCEEDED = 11;
    private static final int ICMP4_PARAMETER_PROBLEM = 12;
    private static final int ICMP6_UNREACHABLE = 1;
    private static final int ICMP6_PACKET_TOO_BIG = 2;
    private static final int ICMP6_TIME_EXCEEDED = 3;
    private static final int ICMP6_PARAMETER_PROBLEM = 4;

    /**
     * Codes of unreachable that are hard: protocol, port (RFC 1122 §4.2.3.9), unknown, isolated and prohibited (RFC 1812
     * §5.2.7.1); Linux takes the same for fatal.
     */
    private static final int ICMP4_HARD_CODES = 0b1110_0111_1100_1100;

    /** What the codes of unreachable say, RFC 1812 §5.2.7.1, as Linux tells it. */
    private static final NetworkError[] ICMP4_CODES = {
        NetworkError.NETWORK_UNREACHABLE,
        NetworkError.HOST_UNREACHABLE,
        NetworkError.PROTOCOL_UNREACHABLE,
        NetworkError.PORT_UNREACHABLE,
        NetworkError.HOST_UNREACHABLE, // fragmentation needed: never told
        NetworkError.SOURCE_ROUTE_FAILED,
        NetworkError.NETWORK_UNREACHABLE,
        NetworkError.HOST_UNKNOWN,
        NetworkError.HOST_ISOLATED,
        NetworkError.NETWORK_UNREACHABLE,
        NetworkError.HOST_UNREACHABLE,
        NetworkError.NETWORK_UNREACHABLE,
    };

    /** What the codes of unreachable say, RFC 4443 §3.1. */
    private static final NetworkError[] ICMP6_CODES = {
        NetworkError.NETWORK_UNREACHABLE,
        NetworkError.PROHIBITED,
        NetworkError.HOST_UNREACHABLE,
        NetworkError.HOST_UNREACHABLE,
        NetworkError.PORT_UNREACHABLE,
        NetworkError.PROHIBITED,
        NetworkError.PROHIBITED,
    };

    private static final int ICMP4_FRAGMENTATION_NEEDED = 4;
    /** Codes of unreachable that are hard: prohibited, port (RFC 5461 §2), and the two that say prohibited more exactly. */
    private static final int ICMP6_HARD_CODES = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 6;

    private boolean ipv6;
    private int meaning;
    private NetworkError networkError = NetworkError.HOST_UNREACHABLE;
    private int mtu;
    private int packetLength;
    private long localHi;
    private long localLo;
    private long remoteHi;
    private long remoteLo;
    private int ports;
    private int seq;

    /** Fills this from a frame of kind {@link FrameMeta#ICMP4_ERROR} or {@link FrameMeta#ICMP6_ERROR}. */
    public void parse(final long mbuf, final int meta) {
        final long icmp = Mbuf.dataAddress(mbuf) + FrameMeta.l4Offset(meta);
        ipv6 = FrameMeta.kind(meta) == FrameMeta.ICMP6_ERROR;
        final int type = Memory.getUnsignedByte(icmp);
        final int code = Memory.getUnsignedByte(icmp + 1);
        final long tcp = quotedTcp(icmp, ipv6);
        if (ipv6) {
            parseQuotedIpv6(icmp + ICMP_LENGTH);
            meaning = meaningIpv6(type, code);
            networkError = networkError(type == ICMP6_UNREACHABLE, type == ICMP6_PARAMETER_PROBLEM, ICMP6_CODES, code);
            mtu = Memory.getIntBE(icmp + 4);
        } else {
            parseQuotedIpv4(icmp + ICMP_LENGTH);
            meaning = meaningIpv4(type, code);
            networkError = networkError(type == ICMP4_UNREACHABLE, type == ICMP4_PARAMETER_PROBLEM, ICMP4_CODES, code);
            mtu = Memory.getShortBE(icmp + 6);
        }
        ports = Integer.rotateLeft(Memory.getIntBE(tcp), 16);
        seq = Memory.getIntBE(tcp + 4);
    }

    /** Where the quoted segment's TCP header begins, in the ICMP message at {@code icmp}. */
    public static long quotedTcp(final long icmp, final boolean ipv6) {
        // We send no extension headers: what stands behind the quoted IPv6 header is TCP, or the error is not about us.
        final long ip = icmp + ICMP_LENGTH;
        return ip + (ipv6 ? IPV6_LENGTH : (Memory.getUnsignedByte(ip) & 0xf) << 2);
    }

    private void parseQuotedIpv4(final long ip) {
        packetLength = Memory.getShortBE(ip + 2);
        localHi = 0;
        localLo = IpAddress.lowWord(Memory.getIntBE(ip + IPV4_SOURCE_OFFSET));
        remoteHi = 0;
        remoteLo = IpAddress.lowWord(Memory.getIntBE(ip + IPV4_DESTINATION_OFFSET));
    }

    private void parseQuotedIpv6(final long ip) {
        packetLength = IPV6_LENGTH + Memory.getShortBE(ip + 4);
        localHi = Memory.getLongBE(ip + IPV6_SOURCE_OFFSET);
        localLo = Memory.getLongBE(ip + IPV6_SOURCE_OFFSET + 8);
        remoteHi = Memory.getLongBE(ip + IPV6_DESTINATION_OFFSET);
        remoteLo = Memory.getLongBE(ip + IPV6_DESTINATION_OFFSET + 8);
    }

    private static NetworkError networkError(
            final boolean unreachable, final boolean parameterProblem, final NetworkError[] codes, final int code) {
        if (unreachable && code < codes.length) {
            return codes[code];
        }
        return parameterProblem ? NetworkError.PARAMETER_PROBLEM : NetworkError.HOST_UNREACHABLE;
    }

    /** RFC 9293 §3.9.2.2. */
    private static int meaningIpv4(final int type, final int code) {
        return switch (type) {
            case ICMP4_UNREACHABLE -> {
                if (code == ICMP4_FRAGMENTATION_NEEDED) {
                    yield TOO_BIG; // RFC 1191 took it out of the hard errors
                }
                yield code < Integer.SIZE && (ICMP4_HARD_CODES >>> code & 1) != 0 ? HARD : SOFT;
            }
            case ICMP4_TIME_EXCEEDED, ICMP4_PARAMETER_PROBLEM -> SOFT;
            default -> NOTHING;
        };
    }

    private static int meaningIpv6(final int type, final int code) {
        return switch (type) {
            case ICMP6_UNREACHABLE -> code < Integer.SIZE && (ICMP6_HARD_CODES >>> code & 1) != 0 ? HARD : SOFT;
            case ICMP6_PACKET_TOO_BIG -> TOO_BIG;
            case ICMP6_TIME_EXCEEDED, ICMP6_PARAMETER_PROBLEM -> SOFT;
            default -> NOTHING;
        };
    }

    /** True if it came over IPv6. */
    public boolean isIpv6() {
        return ipv6;
    }

    /** {@link #NOTHING}, {@link #SOFT}, {@link #HARD} or {@link #TOO_BIG}. */
    public int meaning() {
        return meaning;
    }

    /** With {@link #SOFT} and {@link #HARD}: what it says. */
    public NetworkError networkError() {
        return networkError;
    }

    /** With {@link #TOO_BIG}: the MTU of the link, as the error claims; 0 from a router that does not tell (RFC 1191 §4). */
    public int mtu() {
        return mtu;
    }

    /** Bytes of the quoted IP packet as it was sent. */
    public int packetLength() {
        return packetLength;
    }

    /** The first eight bytes of the quoted source: our address. */
    public long localHi() {
        return localHi;
    }

    /** The last eight bytes of our address. */
    public long localLo() {
        return localLo;
    }

    /** The first eight bytes of the quoted destination: the peer's address. */
    public long remoteHi() {
        return remoteHi;
    }

    /** The last eight bytes of the peer's address. */
    public long remoteLo() {
        return remoteLo;
    }

    /** The peer's port in the high 16 bits, ours in the low 16. */
    public int ports() {
        return ports;
    }

    /** Sequence number of the quoted segment. */
    public int seq() {
        return seq;
    }
}
