package io.millrace.tcp.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.core.ShardPort;
import io.millrace.dataplane.core.ShardPorts;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.neighbor.NeighborResolver;
import io.millrace.dataplane.neighbor.NeighborTable;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.TransmitChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;
import io.millrace.tcp.Seed;
import io.millrace.tcp.isn.FlowHash;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes of what the writer sends, read by code of this test's own. */
class SegmentWriterTest {
    private static final long MAC = 0x0200_0000_0009L;
    private static final int ETHERNET = 14;
    private static final int PORT = 3;
    private static final int ACK = 16;

    private final SplittableRandom random = Seed.random();
    private final CounterBlock counters = CounterBlock.allocate("test");
    private MemoryPort.Pair cable;
    private long sent;

    @AfterEach
    void cutCable() {
        cable.close();
    }

    private SegmentWriter writer(final boolean offload) {
        cable = MemoryPort.pair(MemoryPortConfig.defaults().withChecksumOffload(offload));
        final FrameSink sink = new FrameSink() {
            @Override
            public void send(final long mbuf) {
                sent = mbuf;
            }

            @Override
            public void flush() {}
        };
        final NextHops nowhere = new NextHops() {
            @Override
            public long find(final int port, final long remoteHi, final long remoteLo) {
                return 0;
            }

            @Override
            public void sendUnresolved(final int port, final long remoteHi, final long remoteLo, final long mbuf) {
                throw new AssertionError("the next hop was given");
            }
        };
        final HostAddresses host = HostAddresses.builder(new MacAddress(MAC))
                .address("10.0.0.1/24")
                .build();
        final ShardPorts ports = new ShardPorts();
        ports.add(new ShardPort(
                PORT,
                MAC,
                1_500,
                host,
                new NeighborResolver(host, new NeighborTable(8)),
                new TransmitChecksum(cable.left().capabilities()),
                cable.pool().newAllocator(),
                0,
                sink));
        return new SegmentWriter(ports, counters, nowhere, new FlowHash(1, 2));
    }

    private IpAddress address(final boolean ipv6) {
        return ipv6 ? new IpAddress(random.nextLong(), random.nextLong()) : IpAddress.ofIpv4(random.nextInt());
    }

    /** Sends a segment with a window scale option and so many bytes of text; the frame as bytes. */
    private ByteBuffer send(
            final SegmentWriter writer,
            final IpAddress local,
            final IpAddress remote,
            final int ports,
            final int text) {
        assertThat(writer.begin(PORT, !local.isIpv4())).isTrue();
        final int options = OptionWriter.windowScale(writer.optionsAddress(), 7);
        for (int i = 0; i < text; i++) {
            Memory.putByte(writer.optionsAddress() + options + i, random.nextInt());
        }
        writer.send(MAC, local.hi(), local.lo(), remote.hi(), remote.lo(), ports, 1, -2, ACK, 0xfedc, options, text);
        final byte[] frame = MemorySegment.ofAddress(Mbuf.dataAddress(sent))
                .reinterpret(Mbuf.dataLength(sent))
                .toArray(ValueLayout.JAVA_BYTE);
        cable.pool().newAllocator().free(sent);
        return ByteBuffer.wrap(frame);
    }

    /** RFC 1071 over 16-bit words as they stand; 0 where a checksum is among them and right. */
    private static int checksum(final ByteBuffer bytes, final int from, final int to, final long start) {
        long sum = start;
        for (int i = from; i < to; i++) {
            sum += (bytes.get(i) & 0xff) << ((i - from & 1) == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }

    private static long pseudoHeader(final ByteBuffer frame, final int from, final int to, final int tcpLength) {
        long sum = 6 + tcpLength;
        for (int i = from; i < to; i += 2) {
            sum += frame.getShort(i) & 0xffff;
        }
        return sum;
    }

    @Test
    void shouldGiveUpASegmentWholeForWhichThereAreTooFewFrames() {
        final SegmentWriter writer = writer(false);
        final int frames = cable.pool().available();
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThat(writer.begin(PORT, false)).isTrue();
            int taken = 1;
            while (writer.extend(100) != 0) {
                taken++;
            }
            assertThat(taken).isEqualTo(frames);
            assertThat(cable.pool().available()).isEqualTo(frames);
        }
        assertThat(send(writer, address(false), address(false), 1, 10).limit()).isEqualTo(ETHERNET + 40 + 4 + 10);
        assertThat(cable.pool().available()).isEqualTo(frames);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 536, 1_441})
    @Tag("N2")
    void shouldWriteASegmentOverIpv4(final int text) {
        final IpAddress local = address(false);
        final IpAddress remote = address(false);
        final ByteBuffer frame = send(writer(false), local, remote, 0x1234_0050, text);

        assertThat(frame.limit()).isEqualTo(ETHERNET + 20 + 24 + text);
        assertThat(frame.getShort(12)).isEqualTo((short) 0x0800);
        assertThat(frame.get(ETHERNET)).isEqualTo((byte) 0x45);
        assertThat(frame.getShort(ETHERNET + 2)).isEqualTo((short) (44 + text));
        assertThat(frame.getInt(ETHERNET + 12)).isEqualTo(local.ipv4());
        assertThat(frame.getInt(ETHERNET + 16)).isEqualTo(remote.ipv4());
        assertThat(checksum(frame, ETHERNET, ETHERNET + 20, 0)).isZero();
        assertTcp(frame, ETHERNET + 20);
        assertThat(checksum(frame, 34, frame.limit(), pseudoHeader(frame, 26, 34, 24 + text)))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 536, 1_421})
    @Tag("N3")
    void shouldWriteASegmentOverIpv6(final int text) {
        final IpAddress local = address(true);
        final IpAddress remote = address(true);
        final ByteBuffer frame = send(writer(false), local, remote, 0x1234_0050, text);

        assertThat(frame.limit()).isEqualTo(ETHERNET + 40 + 24 + text);
        assertThat(frame.getShort(12)).isEqualTo((short) 0x86dd);
        assertThat(frame.getInt(ETHERNET) >>> 20)
                .as("version and traffic class")
                .isEqualTo(0x600);
        assertThat(frame.getShort(ETHERNET + 4)).isEqualTo((short) (24 + text));
        assertThat(frame.get(ETHERNET + 6)).as("next header").isEqualTo((byte) 6);
        assertThat(frame.get(ETHERNET + 7)).as("hop limit").isEqualTo((byte) 64);
        assertThat(frame.getLong(ETHERNET + 8)).isEqualTo(local.hi());
        assertThat(frame.getLong(ETHERNET + 16)).isEqualTo(local.lo());
        assertThat(frame.getLong(ETHERNET + 24)).isEqualTo(remote.hi());
        assertThat(frame.getLong(ETHERNET + 32)).isEqualTo(remote.lo());
        assertTcp(frame, ETHERNET + 40);
        assertThat(checksum(frame, 54, frame.limit(), pseudoHeader(frame, 22, 54, 24 + text)))
                .isZero();
    }

    private static void assertTcp(final ByteBuffer frame, final int tcp) {
        assertThat(frame.getShort(tcp)).as("our port").isEqualTo((short) 0x50);
        assertThat(frame.getShort(tcp + 2)).as("the peer's port").isEqualTo((short) 0x1234);
        assertThat(frame.getInt(tcp + 4)).isEqualTo(1);
        assertThat(frame.getInt(tcp + 8)).isEqualTo(-2);
        assertThat(frame.getInt(tcp + 12)).isEqualTo(0x6010_fedc);
        assertThat(frame.getInt(tcp + 20)).as("the option").isEqualTo(0x0103_0307);
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "false, 128", "true, 0", "true, 128"})
    @Tag("N6")
    void shouldSumUpWhatIsShortWhateverThePortCanDo(final boolean ipv6, final int text) {
        final int tcp = ipv6 ? 54 : 34;
        final ByteBuffer frame = send(writer(true), address(ipv6), address(ipv6), 0x1234_0050, text);

        assertThat(Mbuf.offloadFlags(sent)).isZero();
        if (!ipv6) {
            assertThat(checksum(frame, ETHERNET, tcp, 0)).isZero();
        }
        assertThat(checksum(frame, tcp, frame.limit(), pseudoHeader(frame, ipv6 ? 22 : 26, tcp, 24 + text)))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("N6")
    void shouldLeaveChecksumsToThePortThatCompletesThem(final boolean ipv6) {
        final int addresses = ipv6 ? 22 : 26;
        final int tcp = ipv6 ? 54 : 34;
        final ByteBuffer frame = send(writer(true), address(ipv6), address(ipv6), 0x1234_0050, 129);

        final long pseudo = pseudoHeader(frame, addresses, tcp, 153);
        assertThat(frame.getShort(tcp + 16) & 0xffff).isEqualTo(~checksum(frame, 0, 0, pseudo) & 0xffff);
        assertThat(Mbuf.offloadFlags(sent))
                .isEqualTo(
                        ipv6
                                ? MbufFlags.TX_IPV6 | MbufFlags.TX_TCP_CHECKSUM
                                : MbufFlags.TX_IPV4 | MbufFlags.TX_IP_CHECKSUM | MbufFlags.TX_TCP_CHECKSUM);
    }

    @Test
    @Tag("N3")
    void shouldLabelEachIpv6FlowByItsOwnAndAlwaysTheSame() {
        final SegmentWriter writer = writer(false);
        final IpAddress local = address(true);
        final IpAddress remote = address(true);
        final int label = send(writer, local, remote, 0x1234_0050, 0).getInt(ETHERNET) & 0xfffff;

        assertThat(send(writer, local, remote, 0x1234_0050, 50).getInt(ETHERNET) & 0xfffff)
                .isEqualTo(label);
        int same = 0;
        for (int port = 1; port < 1_000; port++) {
            same += (send(writer, local, remote, port << 16 | 0x50, 0).getInt(ETHERNET) & 0xfffff) == label ? 1 : 0;
        }
        assertThat(same).as("flows of 1000 with the label of another").isLessThan(10);
    }

    @ParameterizedTest
    @CsvSource({"false, 1460", "true, 1440"})
    @Tag("H13")
    void shouldAnnounceTheMtuWithoutTheFixedHeaders(final boolean ipv6, final int mss) {
        assertThat(writer(false).maxMss(PORT, ipv6)).isEqualTo(mss); // RFC 6691 §2: options are not counted
    }
}
