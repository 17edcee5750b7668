package io.millrace.dataplane.nic;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.port.DpdkPort;
import io.millrace.dataplane.port.DpdkPortConfig;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.Mbuf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;

/** The two ports of a pair, open, with their links up. Made, used and closed by one thread. */
final class NicLink implements AutoCloseable {
    /** The machine may be left to stand for a while, and its clock goes on. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(180);

    private static final int BURST = 32;
    /** Devices pad what is shorter, some of them. */
    private static final int LEAST_FRAME = 60;
    /** Polls of every queue that bring nothing, before nothing more is thought to come. */
    private static final int IDLE_POLLS = 200;

    private final DpdkPort near;
    private final DpdkPort far;
    private final Map<DpdkPort, FrameAllocator> allocators;
    private final FrameBurst burst = new FrameBurst(BURST);

    private NicLink(final DpdkPort near, final DpdkPort far) {
        this.near = near;
        this.far = far;
        near.attachThread();
        allocators = Map.of(near, near.pool().newAllocator(), far, far.pool().newAllocator());
    }

    /** Opens both with few frames of the engine, changed by {@code with}. */
    static NicLink open(final NicPair pair, final UnaryOperator<DpdkPortConfig> with) {
        final DpdkPort near = open(pair.near(), with);
        try {
            final NicLink link = new NicLink(near, open(pair.far(), with));
            link.awaitCarrier();
            return link;
        } catch (final RuntimeException | Error e) {
            near.close();
            throw e;
        }
    }

    private static DpdkPort open(final Devargs device, final UnaryOperator<DpdkPortConfig> with) {
        final DpdkPortConfig config = DpdkPortConfig.of(device).withEngineFrames(512, 1);
        return DpdkPort.open(NicPair.eal(), with.apply(config.withDescriptors(256, 256)));
    }

    private void awaitCarrier() {
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!near.link().up() || !far.link().up()) {
            if (System.nanoTime() > deadline) {
                close();
                throw new AssertionError("no carrier: " + near.link() + " and " + far.link());
            }
            Thread.onSpinWait();
        }
    }

    DpdkPort near() {
        return near;
    }

    DpdkPort far() {
        return far;
    }

    /** A frame as it arrived. */
    record Arrival(int queue, byte[] bytes, int segments, long flags, int hash, int vlanTci) {
        /** Whether it is the frame that was sent, and behind it nothing but the padding of a short one. */
        boolean isWhole(final byte[] sent) {
            final int length = Math.max(sent.length, Math.min(bytes.length, LEAST_FRAME));
            return Arrays.equals(bytes, Arrays.copyOf(sent, length));
        }
    }

    /** Sends frames as they are, all by queue 0; what came out at the other port's queues, in the order of each. */
    List<Arrival> exchange(final DpdkPort from, final DpdkPort to, final List<byte[]> frames) {
        return exchange(from, to, frames, frames.size(), mbuf -> {});
    }

    /** The same where so many are to arrive. */
    List<Arrival> exchange(final DpdkPort from, final DpdkPort to, final List<byte[]> frames, final int expected) {
        return exchange(from, to, frames, expected, mbuf -> {});
    }

    /** The same, each mbuf changed by {@code mark} before it goes. */
    List<Arrival> exchange(final DpdkPort from, final DpdkPort to, final List<byte[]> frames, final LongConsumer mark) {
        return exchange(from, to, frames, frames.size(), mark);
    }

    /** The same where so many are to arrive, fewer or more than are sent. */
    List<Arrival> exchange(
            final DpdkPort from,
            final DpdkPort to,
            final List<byte[]> frames,
            final int expected,
            final LongConsumer mark) {
        final FrameAllocator allocator = allocators.get(from);
        final List<Arrival> arrivals = new ArrayList<>(frames.size());
        final long deadline = System.nanoTime() + PATIENCE_NANOS;
        for (int first = 0; first < frames.size(); first += BURST) {
            final int end = Math.min(frames.size(), first + BURST);
            burst.clear();
            for (final byte[] frame : frames.subList(first, end)) {
                final long mbuf = written(allocator, frame);
                mark.accept(mbuf);
                burst.add(mbuf);
            }
            while (!burst.isEmpty() && System.nanoTime() < deadline) {
                from.txQueue(0).transmit(burst);
            }
            assertThat(burst.isEmpty()).as("all of a burst sent").isTrue();
            final int due = end == frames.size() ? expected : Math.min(end, expected);
            while (arrivals.size() < due && System.nanoTime() < deadline) {
                poll(to, arrivals);
            }
        }
        for (int i = 0; i < IDLE_POLLS; i++) {
            poll(to, arrivals);
        }
        return arrivals;
    }

    /** In one mbuf, or in a chain of them where it doesn't fit. */
    private static long written(final FrameAllocator allocator, final byte[] frame) {
        final long first = filled(allocator, frame, 0);
        long last = first;
        for (int at = Mbuf.dataLength(first); at < frame.length; at += Mbuf.dataLength(last)) {
            final long more = filled(allocator, frame, at);
            Mbuf.next(last, more);
            Mbuf.segments(first, Mbuf.segments(first) + 1);
            last = more;
        }
        Mbuf.packetLength(first, frame.length);
        return first;
    }

    private static long filled(final FrameAllocator allocator, final byte[] frame, final int from) {
        final long mbuf = allocator.allocate();
        assertThat(mbuf).as("a free frame").isNotZero();
        final int length = Math.min(frame.length - from, Mbuf.bufferLength(mbuf) - Mbuf.dataOffset(mbuf));
        Mbuf.length(mbuf, length);
        data(mbuf).copyFrom(MemorySegment.ofArray(frame).asSlice(from, length));
        return mbuf;
    }

    private void poll(final DpdkPort port, final List<Arrival> arrivals) {
        final FrameAllocator allocator = allocators.get(port);
        for (int queue = 0; queue < port.queuePairs(); queue++) {
            port.rxQueue(queue).receive(burst);
            for (int i = 0; i < burst.size(); i++) {
                arrivals.add(arrival(queue, burst.get(i)));
                allocator.free(burst.get(i));
            }
        }
        burst.clear();
    }

    private static Arrival arrival(final int queue, final long mbuf) {
        final byte[] bytes = data(mbuf).toArray(ValueLayout.JAVA_BYTE);
        return new Arrival(
                queue, bytes, Mbuf.segments(mbuf), Mbuf.offloadFlags(mbuf), Mbuf.rssHash(mbuf), Mbuf.vlanTci(mbuf));
    }

    private static MemorySegment data(final long mbuf) {
        return MemorySegment.ofAddress(Mbuf.dataAddress(mbuf)).reinterpret(Mbuf.dataLength(mbuf));
    }

    @Override
    public void close() {
        burst.close();
        near.detachThread();
        near.close();
        far.close();
    }
}
