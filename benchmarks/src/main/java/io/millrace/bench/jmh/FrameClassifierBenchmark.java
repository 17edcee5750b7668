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
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * All checks of an arriving TCP segment, both checksums in software included, a frame an operation. The frames are those a
 * server gets of a connection: SYN, ACK, a short request, FIN, with the options a Linux client sends, 32 to 64 bytes of
 * TCP, shuffled. There are {@value #FRAMES} of them, with their mbufs some 100 KB: more than the first-level cache holds, less
 * than the second; so no figure includes the wait for what a device has just written, which the engine's ingress overlaps.
 * Ours is a host of one address of each family.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {JvmFlags.NATIVE_ACCESS, JvmFlags.OPEN_MISC, JvmFlags.HEAP})
public class FrameClassifierBenchmark {
    private static final int FRAMES = 512;
    private static final long SEED = 42;
    private static final int ETHERNET_LENGTH = 14;
    private static final long SERVER_MAC = 0x020000000001L;
    private static final IpAddress SERVER4 = IpAddress.parse("10.0.0.1");
    private static final IpAddress CLIENT4 = IpAddress.parse("10.0.0.2");
    private static final IpAddress SERVER6 = IpAddress.parse("fd00::1");
    private static final IpAddress CLIENT6 = IpAddress.parse("fd00::2");

    /** MSS, SACK permitted, timestamps, window scale: 20 bytes, in a SYN. */
    private static final long[] SYN_OPTIONS = {0x0204_05b4_0402_080aL, 0x1234_5678_0000_0000L, 0x0103_0307L << 32};
    /** Two paddings and timestamps: 12 bytes, in every other segment. */
    private static final long[] OTHER_OPTIONS = {0x0101_080a_1234_5679L, 0x8765_4321L << 32};

    private static final int SYN_OPTIONS_LENGTH = 20;
    private static final int OTHER_OPTIONS_LENGTH = 12;

    /** What the segments travel in. */
    @Param({"ipv4", "ipv6"})
    public String family;

    private final long[] frames = new long[FRAMES];
    private MemoryFramePool pool;
    private FrameClassifier classifier;

    /** A segment a client sends: its flags, its options and the bytes of text. */
    private enum Kind {
        SYN(TcpFlags.SYN, SYN_OPTIONS, SYN_OPTIONS_LENGTH, 0),
        ACK(TcpFlags.ACK, OTHER_OPTIONS, OTHER_OPTIONS_LENGTH, 0),
        REQUEST(TcpFlags.ACK | TcpFlags.PSH, OTHER_OPTIONS, OTHER_OPTIONS_LENGTH, 32),
        FIN(TcpFlags.ACK | TcpFlags.FIN, OTHER_OPTIONS, OTHER_OPTIONS_LENGTH, 0);

        private final int flags;
        private final long[] options;
        private final int headerLength;
        private final int text;

        Kind(final int flags, final long[] options, final int optionsLength, final int text) {
            this.flags = flags;
            this.options = options;
            this.headerLength = TcpHeader.MIN_LENGTH + optionsLength;
            this.text = text;
        }
    }

    @Setup
    public void fill() {
        pool = new MemoryFramePool("frames", 2 * FRAMES, 2048);
        classifier = new FrameClassifier(HostAddresses.builder(new MacAddress(SERVER_MAC))
                .address("10.0.0.1/24")
                .address("fd00::1/64")
                .build());
        final FrameAllocator allocator = pool.newAllocator();
        final Random random = new Random(SEED);
        final Kind[] kinds = Kind.values();
        for (int i = 0; i < FRAMES; i++) {
            frames[i] = allocator.allocate();
            write(frames[i], kinds[random.nextInt(kinds.length)], 1_024 + i);
            final int meta = classifier.classify(frames[i]);
            if (meta < 0) {
                throw new IllegalStateException("the benchmark's own segment is refused: " + DropReason.of(meta));
            }
        }
    }

    private void write(final long mbuf, final Kind kind, final int port) {
        final boolean ipv4 = family.equals("ipv4");
        final int segment = kind.headerLength + kind.text;
        final int ipLength = ipv4 ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH;
        Mbuf.length(mbuf, ETHERNET_LENGTH + ipLength + segment);
        final long data = Mbuf.dataAddress(mbuf);
        Memory.fill(data, ETHERNET_LENGTH + ipLength + segment + Long.BYTES, 0);
        Memory.putLongBE(data, SERVER_MAC << 16 | 0x0200);
        Memory.putIntBE(data + 8, 2);
        Memory.putShortBE(data + 12, ipv4 ? EtherType.IPV4 : EtherType.IPV6);
        final long ip = data + ETHERNET_LENGTH;
        final TcpHeader tcp = new TcpHeader().wrap(ip + ipLength);
        for (int i = 0; i < kind.options.length; i++) {
            Memory.putLongBE(tcp.optionsAddress() + (long) i * Long.BYTES, kind.options[i]);
        }
        if (kind.text > 0) {
            Memory.fill(tcp.address() + kind.headerLength, kind.text, 'x');
        }
        tcp.sourcePort(port)
                .destinationPort(9)
                .sequenceNumber(port * 0x9e3779b9)
                .dataOffset(kind.headerLength)
                .flags(kind.flags)
                .window(65_535);
        final long pseudo;
        if (ipv4) {
            new Ipv4Header()
                    .wrap(ip)
                    .initialize(ipLength + segment, IpProtocol.TCP, 64, CLIENT4.ipv4(), SERVER4.ipv4());
            pseudo = InternetChecksum.pseudoHeader(CLIENT4.ipv4(), SERVER4.ipv4(), IpProtocol.TCP, segment);
        } else {
            new Ipv6Header()
                    .wrap(ip)
                    .initialize(segment, IpProtocol.TCP, 64)
                    .source(CLIENT6.hi(), CLIENT6.lo())
                    .destination(SERVER6.hi(), SERVER6.lo());
            pseudo = InternetChecksum.pseudoHeaderIpv6(ip + Ipv6Header.SOURCE_OFFSET, IpProtocol.TCP, segment);
        }
        tcp.checksum(0);
        tcp.checksum(InternetChecksum.checksum(pseudo + InternetChecksum.sum(tcp.address(), segment)));
    }

    @TearDown
    public void free() {
        pool.close();
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public int classify() {
        int all = 0;
        for (final long frame : frames) {
            all |= classifier.classify(frame);
        }
        return all;
    }
}
