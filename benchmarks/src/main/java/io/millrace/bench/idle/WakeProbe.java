package io.millrace.bench.idle;

import io.millrace.dataplane.core.IdleMode;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.wire.ArpPacket;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpProtocol;
import io.millrace.dataplane.wire.Ipv4Header;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dataplane.wire.TcpHeader;
import io.millrace.dpdk.Mbuf;
import io.millrace.linux.ThreadCpuClock;
import io.millrace.tcp.Arrangement;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.TcpEngine;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends an idle engine a SYN for a closed port now and then, and takes the time until its RST is back: in run to completion
 * one wake-up, in the pipeline three (IO core, shard, IO core). The calling thread is the peer. Allocates when it is made.
 */
public final class WakeProbe implements AutoCloseable {
    private static final int OUR_IP = IpAddress.parse("10.0.0.1").ipv4();
    private static final int PEER_IP = IpAddress.parse("10.0.0.2").ipv4();
    private static final int CLOSED_PORT = 9;
    private static final int BURST = 32;
    private static final int ETHERNET = EthernetHeader.LENGTH;
    private static final int SYN_LENGTH = ETHERNET + Ipv4Header.MIN_LENGTH + TcpHeader.MIN_LENGTH;
    private static final int TTL = 64;
    /** Between two SYNs, long enough that every thread sleeps. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults());
    private final MemoryPort peer = pair.right();
    private final TcpEngine engine;
    private final FrameAllocator frames = peer.pool().newAllocator();
    private final FrameBurst out = new FrameBurst(BURST);
    private final FrameBurst in = new FrameBurst(BURST);
    private final EthernetHeader ethernet = new EthernetHeader();
    private final Ipv4Header ip = new Ipv4Header();
    private final TcpHeader tcp = new TcpHeader();
    private final ArpPacket arp = new ArpPacket();

    /**
     * What was measured.
     *
     * @param cpus CPUs that the process took while it had nothing to do
     * @param sleptShare share of the polling threads' time that they slept
     * @param nanos how long each answer took, ascending
     */
    public record Result(double cpus, double sleptShare, long[] nanos) {
        /** The time that a share of the answers did not exceed, in microseconds. */
        public double micros(final double share) {
            return nanos[(int) Math.min(nanos.length - 1L, (long) (nanos.length * share))] / 1e3;
        }
    }

    /** Starts an engine of one shard. */
    public WakeProbe(final IdleMode idle, final Arrangement arrangement, final int[] cores) {
        engine = TcpEngine.builder()
                .port(
                        pair.left(),
                        HostAddresses.builder(pair.left().mac())
                                .address("10.0.0.1/24")
                                .build())
                .config(TcpConfig.builder().maxConnections(1024).build())
                .arrangement(arrangement)
                .cores(cores)
                .idle(idle)
                .start();
    }

    /** Lets the engine idle for so long, then wakes it so many times. */
    public Result measure(final long idleNanos, final int samples) {
        exchange(0); // resolves the neighbor
        final long start = System.nanoTime();
        final long cpu = ThreadCpuClock.processNanos();
        final long slept = sum(Counter.DUTY_SLEEP_NANOS);
        while (System.nanoTime() - start < idleNanos) {
            LockSupport.parkNanos(idleNanos - (System.nanoTime() - start));
        }
        final double elapsed = System.nanoTime() - start;
        final double cpus = (ThreadCpuClock.processNanos() - cpu) / elapsed;
        final double sleptShare = (sum(Counter.DUTY_SLEEP_NANOS) - slept)
                / elapsed
                / engine.counters().size();
        final long[] nanos = new long[samples];
        for (int i = 0; i < samples; i++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            nanos[i] = exchange(i + 1);
        }
        Arrays.sort(nanos);
        return new Result(cpus, sleptShare, nanos);
    }

    private long sum(final Counter counter) {
        return engine.counters().stream().mapToLong(block -> block.get(counter)).sum();
    }

    private long exchange(final int number) {
        final long start = System.nanoTime();
        send(syn(number));
        while (!takeReset()) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new IllegalStateException("the engine did not answer SYN " + number);
            }
            Thread.onSpinWait();
        }
        return System.nanoTime() - start;
    }

    private long syn(final int number) {
        final long mbuf = frame(SYN_LENGTH, EtherType.IPV4);
        final long at = Mbuf.dataAddress(mbuf) + ETHERNET;
        ip.wrap(at).initialize(SYN_LENGTH - ETHERNET, IpProtocol.TCP, TTL, PEER_IP, OUR_IP);
        tcp.wrap(at + Ipv4Header.MIN_LENGTH)
                .sourcePort(1024 + (number & 0x7fff))
                .destinationPort(CLOSED_PORT)
                .sequenceNumber(number)
                .acknowledgmentNumber(0)
                .dataOffset(TcpHeader.MIN_LENGTH)
                .flags(TcpFlags.SYN)
                .window(65_535)
                .urgentPointer(0)
                .updateChecksum(PEER_IP, OUR_IP, TcpHeader.MIN_LENGTH);
        return mbuf;
    }

    private long frame(final int length, final int etherType) {
        final long mbuf = frames.allocate();
        Mbuf.length(mbuf, length);
        ethernet.wrap(Mbuf.dataAddress(mbuf))
                .destination(pair.left().mac().value())
                .source(peer.mac().value())
                .etherType(etherType);
        return mbuf;
    }

    private void send(final long mbuf) {
        out.add(mbuf);
        peer.txQueue(0).transmit(out);
    }

    /** Answers ARP requests; true when a RST was among what has come. */
    private boolean takeReset() {
        peer.rxQueue(0).receive(in);
        boolean reset = false;
        for (int i = 0; i < in.size(); i++) {
            final long mbuf = in.get(i);
            final long payload = Mbuf.dataAddress(mbuf) + ETHERNET;
            if (ethernet.wrap(Mbuf.dataAddress(mbuf)).etherType() == EtherType.ARP) {
                answer(payload);
            } else {
                reset |= (tcp.wrap(payload + Ipv4Header.MIN_LENGTH).flags() & TcpFlags.RST) != 0;
            }
            frames.free(mbuf);
        }
        return reset;
    }

    private void answer(final long request) {
        if (arp.wrap(request).operation() == ArpPacket.REQUEST && arp.targetIp() == PEER_IP) {
            final long mbuf = frame(ETHERNET + ArpPacket.LENGTH, EtherType.ARP);
            arp.wrap(Mbuf.dataAddress(mbuf) + ETHERNET)
                    .initialize(
                            ArpPacket.REPLY,
                            peer.mac().value(),
                            PEER_IP,
                            pair.left().mac().value(),
                            OUR_IP);
            send(mbuf);
        }
    }

    /** Ends the engine. */
    @Override
    public void close() {
        engine.close();
        out.close();
        in.close();
        pair.close();
    }
}
