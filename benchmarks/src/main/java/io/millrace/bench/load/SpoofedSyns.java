package io.millrace.bench.load;

import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dataplane.wire.TcpHeader;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;

/**
 * Writes SYNs that look like a client's, from sources that nobody has: each is a template with another address, port and
 * sequence number, and its checksums mended. The sources are spread over 11.0.0.0 to 126.255.255.255, so that they are
 * unicast and none of them is in 10.0.0.0/8, where those live who mean it; the same seed gives the same SYNs.
 *
 * <p>One thread; allocates its template when it is made.
 */
public final class SpoofedSyns implements AutoCloseable {
    private static final int FIRST_NETWORK = 11;
    private static final int NETWORKS = 116;
    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 65_536 - FIRST_PORT;

    private static final int IP = EthernetHeader.LENGTH;
    private static final int TCP = IP + Ipv4Header.MIN_LENGTH;
    private static final int OPTIONS = 20;
    private static final int SEGMENT = TcpHeader.MIN_LENGTH + OPTIONS;
    /** Length of a frame. */
    static final int LENGTH = TCP + SEGMENT;

    private static final int TIME_TO_LIVE = 64;
    private static final int WINDOW = 64_240;
    /** MSS 1460; SACK permitted and timestamps, whose values follow; window scale 7. */
    private static final int MSS_OPTION = 0x0204_05b4;

    private static final int SACK_AND_TIMESTAMPS_OPTION = 0x0402_080a;
    private static final int TIMESTAMP = 0x0101_0101;
    private static final int WINDOW_SCALE_OPTION = 0x0103_0307;

    private static final long GOLDEN_GAMMA = 0x9e37_79b9_7f4a_7c15L;

    private final int server;
    private final MemoryRegion template = MemoryRegion.allocate("spoofed SYN", 128);
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header ip = new Ipv4Header();
    private final TcpHeader tcp = new TcpHeader();
    private final long ipSum;
    private final long tcpSum;
    private long state;
    private boolean addressed;

    /** For one port of one server, which has an IPv4 address. */
    public SpoofedSyns(final IpAddress server, final int port, final long seed) {
        this.server = server.ipv4();
        state = seed;
        final long at = template.address();
        ethernet.wrap(at).etherType(EtherType.IPV4);
        ip.wrap(at + IP)
                .initialize(LENGTH - IP, IpProtocol.TCP, TIME_TO_LIVE, 0, this.server)
                .checksum(0);
        Memory.putIntBE(at + TCP + 12, SEGMENT << 26 | TcpFlags.SYN << 16 | WINDOW);
        tcp.wrap(at + TCP).destinationPort(port);
        final long options = tcp.optionsAddress();
        Memory.putIntBE(options, MSS_OPTION);
        Memory.putIntBE(options + 4, SACK_AND_TIMESTAMPS_OPTION);
        Memory.putIntBE(options + 8, TIMESTAMP);
        Memory.putIntBE(options + 12, 0);
        Memory.putIntBE(options + 16, WINDOW_SCALE_OPTION);
        ipSum = InternetChecksum.sum(at + IP, Ipv4Header.MIN_LENGTH);
        tcpSum = InternetChecksum.pseudoHeader(0, this.server, IpProtocol.TCP, SEGMENT)
                + InternetChecksum.sum(at + TCP, SEGMENT);
    }

    /** Whether it is known where on the link the server is. */
    public boolean isAddressed() {
        return addressed;
    }

    /** Learns the link's addresses from a frame that leaves for the server; any other teaches nothing. */
    public void learn(final long mbuf) {
        final long frame = Mbuf.dataAddress(mbuf);
        if (Mbuf.dataLength(mbuf) < TCP
                || ethernet.wrap(frame).etherType() != EtherType.IPV4
                || ip.wrap(frame + IP).destination() != server) {
            return;
        }
        Memory.copy(frame, template.address(), IP);
        addressed = true;
    }

    /** Makes the next SYN of an empty frame. */
    public void write(final long mbuf) {
        final long random = nextRandom();
        final int network = FIRST_NETWORK + ((int) (random >>> 56) * NETWORKS >>> 8);
        final int source = network << 24 | (int) (random >>> 32) & 0xff_ffff;
        final int port = FIRST_PORT + ((int) (random & 0xffff) * PORTS >>> 16);
        final int sequence = (int) nextRandom();
        final long at = Mbuf.dataAddress(mbuf);
        Memory.copy(template.address(), at, LENGTH);
        // the pseudo header's words are the same as the headers' own: a sum does not care where they stand
        ip.wrap(at + IP)
                .source(source)
                .checksum(InternetChecksum.checksum(ipSum + InternetChecksum.pseudoHeader(source, 0, 0, 0)));
        tcp.wrap(at + TCP)
                .sourcePort(port)
                .sequenceNumber(sequence)
                .checksum(InternetChecksum.checksum(tcpSum + InternetChecksum.pseudoHeader(source, sequence, port, 0)));
        Mbuf.length(mbuf, LENGTH);
    }

    /** SplitMix64. */
    private long nextRandom() {
        state += GOLDEN_GAMMA;
        long mixed = (state ^ state >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d0_49bb_1331_11ebL;
        return mixed ^ mixed >>> 31;
    }

    @Override
    public void close() {
        template.close();
    }
}
