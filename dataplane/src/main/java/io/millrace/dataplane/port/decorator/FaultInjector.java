package io.millrace.dataplane.port.decorator;

import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.PortCapabilities;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.port.TxQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.agrona.concurrent.NanoClock;

/**
 * A port with a bad cable, for tests and demonstrations: frames are lost, doubled, overtaken, corrupted, delayed and held to
 * a rate, in each direction by its own {@link Faults}. The same seed, frames and clock have the same outcome.
 *
 * <p>Frames under way are held here, so they move when their queue pair is polled: whatever the port can do, this promises
 * neither interrupt nor bell, for a delayed frame causes none. The receive and the transmit queue of the
 * same number must be polled by the same thread. Allocates when it is made.
 */
public final class FaultInjector extends PortDecorator {
    /** The most frames that a queue pair holds under way. */
    public static final int FRAMES_HELD = 2 * FaultyLine.CAPACITY;

    private static final int BURST = 256;

    private final NanoClock clock;
    private final QueuePair[] pairs;
    private final List<CounterBlock> counters = new ArrayList<>();
    private final boolean corrupts;

    /**
     * Puts a port on a bad cable.
     *
     * @param port the port; closed with this
     * @param receiving what befalls frames received
     * @param sending what befalls frames sent
     * @param seed of all chances
     * @param clock tells when a frame is due
     */
    public FaultInjector(
            final PacketPort port,
            final Faults receiving,
            final Faults sending,
            final long seed,
            final NanoClock clock) {
        this(port, receiving, sending, seed, clock, CounterBlock::allocate);
    }

    /** As the other; {@code newBlock} makes counters by their name. */
    public FaultInjector(
            final PacketPort port,
            final Faults receiving,
            final Faults sending,
            final long seed,
            final NanoClock clock,
            final Function<String, CounterBlock> newBlock) {
        super(port);
        this.clock = clock;
        corrupts = sending.corrupt() > 0;
        final SplittableRandom seeds = new SplittableRandom(seed);
        pairs = new QueuePair[port.queuePairs()];
        for (int i = 0; i < pairs.length; i++) {
            final CounterBlock in = newBlock.apply("faults-rx-" + i);
            final CounterBlock out = newBlock.apply("faults-tx-" + i);
            counters.add(in);
            counters.add(out);
            pairs[i] = new QueuePair(
                    i,
                    new FaultyLine(receiving, seeds.nextLong(), port.pool().newAllocator(in), in, true),
                    new FaultyLine(sending, seeds.nextLong(), port.pool().newAllocator(out), out, false));
        }
    }

    /** What was done, a block for each direction of each queue pair: received 0, sent 0, received 1, … */
    public List<CounterBlock> counters() {
        return List.copyOf(counters);
    }

    /** Both queues of one number: frames to send go on their way also while nothing new is sent. */
    private final class QueuePair implements RxQueue, TxQueue {
        private final RxQueue rx;
        private final TxQueue tx;
        private final FaultyLine in;
        private final FaultyLine out;
        private final FrameBurst arrived = new FrameBurst(BURST);
        private final FrameBurst leaving = new FrameBurst(BURST);

        private QueuePair(final int queue, final FaultyLine in, final FaultyLine out) {
            rx = port.rxQueue(queue);
            tx = port.txQueue(queue);
            this.in = in;
            this.out = out;
        }

        @Override
        public int receive(final FrameBurst burst) {
            final long now = clock.nanoTime();
            rx.receive(arrived);
            for (int i = 0; i < arrived.size(); i++) {
                in.enter(arrived.get(i), now);
            }
            arrived.clear();
            burst.clear();
            in.leave(burst, now);
            send(now);
            return burst.size();
        }

        @Override
        public int transmit(final FrameBurst burst) {
            final long now = clock.nanoTime();
            final int taken = burst.size();
            for (int i = 0; i < taken; i++) {
                out.enter(burst.get(i), now);
            }
            burst.clear();
            send(now);
            return taken;
        }

        /** What the port does not take now waits for the next time. */
        private void send(final long now) {
            out.leave(leaving, now);
            if (!leaving.isEmpty()) {
                tx.transmit(leaving);
            }
        }

        private void close() {
            in.close();
            out.close();
            for (int i = 0; i < leaving.size(); i++) {
                out.free(leaving.get(i));
            }
            arrived.close();
            leaving.close();
        }
    }

    @Override
    public RxQueue rxQueue(final int queue) {
        return pairs[queue];
    }

    @Override
    public TxQueue txQueue(final int queue) {
        return pairs[queue];
    }

    /**
     * A device that completes checksums would make a corrupted frame good again: then software has to. What is lost or comes
     * twice is one segment.
     */
    @Override
    public PortCapabilities capabilities() {
        final PortCapabilities all = port.capabilities();
        return corrupts ? all.withoutTransmitChecksums() : all.withoutSegmentation();
    }

    /** Frees what is under way, and closes the port. */
    @Override
    public void close() {
        for (final QueuePair pair : pairs) {
            pair.close();
        }
        port.close();
    }
}
