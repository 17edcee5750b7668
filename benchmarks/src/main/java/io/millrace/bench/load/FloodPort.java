package io.millrace.bench.load;

import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.port.TxQueue;
import io.millrace.dataplane.port.decorator.PortDecorator;
import io.millrace.dataplane.port.decorator.RxQueueDecorator;
import org.agrona.concurrent.NanoClock;

/**
 * A port that sends a flood of SYNs besides what goes through it: in each duty cycle those that are due, from nothing but a
 * template, and without a thought for the answers, which are addressed to nobody here.
 *
 * <p>It begins after {@link #start} with the first frame that the engine sends to the server, whose link addresses it takes.
 * What the engine sends goes first: as long as some of that waits for room, the flood waits too. Queue pair 0 carries it,
 * and both of its queues must be polled by the same thread. {@link #start}, {@link #stop} and the counts are for any thread.
 * Allocates when it is made.
 */
public final class FloodPort extends PortDecorator {
    /** The most frames it holds itself: what it sends in one duty cycle. */
    public static final int FRAMES_HELD = 64;

    /** What could not be sent for so long is given up: a flood that has stood still does not make up for it. */
    private static final long MOST_BEHIND_NANOS = 10_000_000;

    private final SpoofedSyns syns;
    private final ArrivalSchedule schedule;
    private final NanoClock clock;
    private final FloodCounts counts = new FloodCounts();
    private final FrameAllocator frames;
    private final FrameBurst leaving = new FrameBurst(FRAMES_HELD);
    private final TxQueue tx;
    private final RxQueue flooding;
    private boolean scheduled;
    private boolean engineWaits;
    private volatile boolean running;

    /**
     * Floods the link of a port.
     *
     * @param port the port; closed with this.
     * @param syns what is sent; closed with this.
     * @param schedule when each SYN is due; null for as fast as possible.
     * @param clock tells when one is due.
     */
    public FloodPort(
            final PacketPort port, final SpoofedSyns syns, final ArrivalSchedule schedule, final NanoClock clock) {
        super(port);
        this.syns = syns;
        this.schedule = schedule;
        this.clock = clock;
        frames = port.pool().newAllocator();
        tx = port.txQueue(0);
        flooding = new FloodingQueue(port.rxQueue(0));
    }

    /** What became of the flood. */
    public FloodCounts counts() {
        return counts;
    }

    /** Begins. */
    public void start() {
        running = true;
    }

    /** Ends. */
    public void stop() {
        running = false;
    }

    @Override
    public RxQueue rxQueue(final int queue) {
        return queue == 0 ? flooding : port.rxQueue(queue);
    }

    @Override
    public TxQueue txQueue(final int queue) {
        return queue == 0 ? this::transmit : port.txQueue(queue);
    }

    private int transmit(final FrameBurst burst) {
        for (int i = 0; i < burst.size() && !syns.isAddressed(); i++) {
            syns.learn(burst.get(i));
        }
        final int sent = tx.transmit(burst);
        engineWaits = !burst.isEmpty();
        return sent;
    }

    private void flood() {
        if (!running || engineWaits || !syns.isAddressed()) {
            return;
        }
        final int due = due();
        while (leaving.size() < due) {
            final long mbuf = frames.allocate();
            if (mbuf == 0) {
                break; // all frames wait for the link: those come back
            }
            syns.write(mbuf);
            leaving.add(mbuf);
        }
        if (due > 0) {
            final int sent = leaving.isEmpty() ? 0 : tx.transmit(leaving);
            for (int i = 0; i < sent && schedule != null; i++) {
                schedule.take();
            }
            counts.round(sent, sent < due);
        }
    }

    private int due() {
        if (schedule == null) {
            return FRAMES_HELD;
        }
        final long now = clock.nanoTime();
        if (!scheduled) {
            scheduled = true;
            schedule.start(now);
        }
        schedule.skipOlderThan(now, MOST_BEHIND_NANOS);
        return (int) Math.min(schedule.due(now), FRAMES_HELD);
    }

    /** Is polled in each duty cycle, whether anything comes or not: so it is where the flood leaves. */
    private final class FloodingQueue extends RxQueueDecorator {
        private FloodingQueue(final RxQueue rx) {
            super(rx);
        }

        @Override
        public int receive(final FrameBurst burst) {
            flood();
            return rx.receive(burst);
        }
    }

    /** Frees what has not left, and closes the port. */
    @Override
    public void close() {
        for (int i = 0; i < leaving.size(); i++) {
            frames.free(leaving.get(i));
        }
        leaving.close();
        syns.close();
        port.close();
    }
}
