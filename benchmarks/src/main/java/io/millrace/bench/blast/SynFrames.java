package io.millrace.bench.blast;

import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dataplane.wire.TcpHeader;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;

/**
 * Writes SYNs to one port of one server: each is a template with the address, port and sequence number of a flow, and its
 * checksums mended. What they offer is what Linux offers, or an MSS alone for clients that keep no state, who could not go on
 * with timestamps.
 *
 * <p>One thread; allocates its template when it is made.
 */
public final class SynFrames implements AutoCloseable {
    private static final int IP = EthernetHeader.LENGTH;
    private static final int TIME_TO_LIVE = 64;
    private static final int WINDOW = 64_240;
    private static final int MSS_OPTION = 0x0204_05b4;
    private static final int SACK_AND_TIMESTAMPS_OPTION = 0x0402_080a;
    private static final int TIMESTAMP = 0x0101_0101;
    private static final int WINDOW_SCALE_OPTION = 0x0103_0307;

    private final IpAddress server;
    private final boolean ipv6;
    private final int tcpOffset;
    private final int segment;
    private final MemoryRegion template = MemoryRegion.allocate("SYN", 128);
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header ipv4Header = new Ipv4Header();
    private final Ipv6Header ipv6Header = new Ipv6Header();
    private final TcpHeader tcp = new TcpHeader();
    private final long ipSum;
    private final long tcpSum;
    private boolean addressed;

    private SynFrames(final IpAddress server, final int port, final int... options) {
        this.server = server;
        ipv6 = !server.isIpv4();
        tcpOffset = IP + (ipv6 ? Ipv6Header.LENGTH : Ipv4Header.MIN_LENGTH);
        segment = TcpHeader.MIN_LENGTH + options.length * Integer.BYTES;
        final long at = template.address();
        writeIp(at);
        ipSum = ipv6 ? 0 : InternetChecksum.sum(at + IP, Ipv4Header.MIN_LENGTH);
        Memory.putIntBE(at + tcpOffset + 12, segment << 26 | TcpFlags.SYN << 16 | WINDOW);
        tcp.wrap(at + tcpOffset).destinationPort(port);
        for (int i = 0; i < options.length; i++) {
            Memory.putIntBE(tcp.optionsAddress() + (long) i * Integer.BYTES, options[i]);
        }
        final long pseudo = ipv6
                ? InternetChecksum.pseudoHeaderIpv6(0, 0, server.hi(), server.lo(), IpProtocol.TCP, segment)
                : InternetChecksum.pseudoHeader(0, server.ipv4(), IpProtocol.TCP, segment);
        tcpSum = pseudo + InternetChecksum.sum(at + tcpOffset, segment);
    }

    /** SYNs that look like Linux's: MSS 1460, SACK permitted, timestamps, window scale 7. */
    public static SynFrames likeLinux(final IpAddress server, final int port) {
        return new SynFrames(server, port, MSS_OPTION, SACK_AND_TIMESTAMPS_OPTION, TIMESTAMP, 0, WINDOW_SCALE_OPTION);
    }

    /** SYNs with an MSS and nothing else. */
    public static SynFrames plain(final IpAddress server, final int port) {
        return new SynFrames(server, port, MSS_OPTION);
    }

    private void writeIp(final long at) {
        ethernet.wrap(at).etherType(ipv6 ? EtherType.IPV6 : EtherType.IPV4);
        if (ipv6) {
            ipv6Header
                    .wrap(at + IP)
                    .initialize(segment, IpProtocol.TCP, TIME_TO_LIVE)
                    .source(0, 0)
                    .destination(server.hi(), server.lo());
        } else {
            ipv4Header
                    .wrap(at + IP)
                    .initialize(length() - IP, IpProtocol.TCP, TIME_TO_LIVE, 0, server.ipv4())
                    .checksum(0);
        }
    }

    /** Bytes of a frame. */
    int length() {
        return tcpOffset + segment;
    }

    /** Where the TCP header is in a frame without IP options. */
    int tcpOffset() {
        return tcpOffset;
    }

    IpAddress server() {
        return server;
    }

    boolean isIpv6() {
        return ipv6;
    }

    /** Whether it is known where on the link the server is. */
    boolean isAddressed() {
        return addressed;
    }

    /** Learns the link's addresses from a frame that leaves for the server; any other teaches nothing. */
    void learn(final long mbuf) {
        final long frame = Mbuf.dataAddress(mbuf);
        if (Mbuf.dataLength(mbuf) >= tcpOffset && isToServer(frame)) {
            Memory.copy(frame, template.address(), IP);
            addressed = true;
        }
    }

    private boolean isToServer(final long frame) {
        final int type = ethernet.wrap(frame).etherType();
        if (!ipv6) {
            return type == EtherType.IPV4 && ipv4Header.wrap(frame + IP).destination() == server.ipv4();
        }
        // neighbor discovery's own frames may go to all stations; those of TCP never do
        return type == EtherType.IPV6
                && ipv6Header.wrap(frame + IP).nextHeader() == IpProtocol.TCP
                && ipv6Header.destinationHi() == server.hi()
                && ipv6Header.destinationLo() == server.lo();
    }

    /** Puts the link's addresses in front of a frame to the server. */
    void writeEthernet(final long frame) {
        Memory.copy(template.address(), frame, IP);
    }

    /** Makes the SYN of a flow of an empty frame. */
    void write(final long mbuf, final Flows flow) {
        final long at = Mbuf.dataAddress(mbuf);
        Memory.copy(template.address(), at, length());
        long source;
        // the pseudo header's words are the same as the headers' own: a sum does not care where they stand
        if (ipv6) {
            ipv6Header.wrap(at + IP).source(flow.hi(), flow.lo());
            source = InternetChecksum.pseudoHeaderIpv6(flow.hi(), flow.lo(), 0, 0, 0, 0);
        } else {
            source = InternetChecksum.pseudoHeader((int) flow.lo(), 0, 0, 0);
            ipv4Header.wrap(at + IP).source((int) flow.lo()).checksum(InternetChecksum.checksum(ipSum + source));
        }
        final long own = InternetChecksum.pseudoHeader(flow.sequence(), 0, flow.port(), 0);
        tcp.wrap(at + tcpOffset)
                .sourcePort(flow.port())
                .sequenceNumber(flow.sequence())
                .checksum(InternetChecksum.checksum(tcpSum + source + own));
        Mbuf.length(mbuf, length());
    }

    @Override
    public void close() {
        template.close();
    }
}
