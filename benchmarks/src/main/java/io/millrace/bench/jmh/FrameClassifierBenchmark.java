package io.millrace.bench.jmh;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.ingress.FrameClassifier;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.MemoryFramePool;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.Ipv6Header;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dataplane.wire.TcpHeader;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** All checks of an arriving SYN of each family, every checksum in software included, over a burst of 32 frames. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class FrameClassifierBenchmark {
    private static final int BURST = 32;
    private static final int ETHERNET_LENGTH = 14;
    private static final int OPTIONS_LENGTH = 20;
    private static final int SERVER = 0x0a000001;
    private static final int CLIENT = 0x0a000002;
    private static final long SERVER_MAC = 0x020000000001L;

    private static final IpAddress SERVER_6 = IpAddress.parse("fd00::1");
    private static final IpAddress CLIENT_6 = IpAddress.parse("fd00::2");

    private final long[] frames = new long[BURST];
    private final long[] frames6 = new long[BURST];
    private MemoryFramePool pool;
    private FrameClassifier classifier;

    @Setup
    public void fill() {
        pool = new MemoryFramePool("frames", 1024, 2048);
        classifier = new FrameClassifier(HostAddresses.builder(MacAddress.parse("02:00:00:00:00:01"))
                .address("10.0.0.1/24")
                .address("fd00::1/64")
                .build());
        final FrameAllocator allocator = pool.newAllocator();
        for (int i = 0; i < BURST; i++) {
            frames[i] = allocator.allocate();
            writeSyn(frames[i], 1_024 + i);
            frames6[i] = allocator.allocate();
            writeSyn6(frames6[i], 1_024 + i);
        }
        requireAccepted(frames[0]);
        requireAccepted(frames6[0]);
    }

    private void requireAccepted(final long mbuf) {
        final int meta = classifier.classify(mbuf);
        if (meta < 0) {
            throw new IllegalStateException("the benchmark's own SYN is refused: " + DropReason.of(meta));
        }
    }

    private static void writeSyn6(final long mbuf, final int port) {
        final int segment = TcpHeader.MIN_LENGTH + OPTIONS_LENGTH;
        final int length = ETHERNET_LENGTH + Ipv6Header.LENGTH + segment;
        Mbuf.length(mbuf, length);
        final long data = Mbuf.dataAddress(mbuf);
        Memory.fill(data, length, 0);
        Memory.putLongBE(data, SERVER_MAC << 16 | 0x0200);
        Memory.putIntBE(data + 8, 2);
        Memory.putShortBE(data + 12, EtherType.IPV6);
        final long ip = data + ETHERNET_LENGTH;
        new Ipv6Header()
                .wrap(ip)
                .initialize(segment, IpProtocol.TCP, 64)
                .source(CLIENT_6.hi(), CLIENT_6.lo())
                .destination(SERVER_6.hi(), SERVER_6.lo());
        final long tcp = ip + Ipv6Header.LENGTH;
        new TcpHeader()
                .wrap(tcp)
                .sourcePort(port)
                .destinationPort(9)
                .dataOffset(segment)
                .flags(TcpFlags.SYN)
                .window(65_535)
                .checksum(InternetChecksum.checksum(
                        InternetChecksum.pseudoHeaderIpv6(ip + Ipv6Header.SOURCE_OFFSET, IpProtocol.TCP, segment)
                                + InternetChecksum.sum(tcp, segment)));
    }

    private static void writeSyn(final long mbuf, final int port) {
        final int segment = TcpHeader.MIN_LENGTH + OPTIONS_LENGTH;
        Mbuf.length(mbuf, ETHERNET_LENGTH + Ipv4Header.MIN_LENGTH + segment);
        final long data = Mbuf.dataAddress(mbuf);
        Memory.fill(data, ETHERNET_LENGTH + Ipv4Header.MIN_LENGTH + segment, 0);
        Memory.putLongBE(data, SERVER_MAC << 16 | 0x0200);
        Memory.putIntBE(data + 8, 2);
        Memory.putShortBE(data + 12, EtherType.IPV4);
        new Ipv4Header()
                .wrap(data + ETHERNET_LENGTH)
                .initialize(Ipv4Header.MIN_LENGTH + segment, IpProtocol.TCP, 64, CLIENT, SERVER);
        new TcpHeader()
                .wrap(data + ETHERNET_LENGTH + Ipv4Header.MIN_LENGTH)
                .sourcePort(port)
                .destinationPort(9)
                .dataOffset(segment)
                .flags(TcpFlags.SYN)
                .window(65_535)
                .updateChecksum(CLIENT, SERVER, segment);
    }

    @TearDown
    public void free() {
        pool.close();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public int classify() {
        int all = 0;
        for (final long frame : frames) {
            all |= classifier.classify(frame);
        }
        return all;
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public int classifyIpv6() {
        int all = 0;
        for (final long frame : frames6) {
            all |= classifier.classify(frame);
        }
        return all;
    }
}
