package io.millrace.bench.blast;

import io.millrace.bench.load.ArrivalSchedule;
import io.millrace.dataplane.port.FrameAllocator;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.port.TxQueue;
import io.millrace.dataplane.port.decorator.PortDecorator;
import io.millrace.dataplane.port.decorator.RxQueueDecorator;
import org.agrona.concurrent.NanoClock;

/**
 * A port that sends SYNs besides what goes through it: in each duty cycle those that are due, from nothing but a template. Of
 * a flood nobody waits for the answers, which are addressed to nobody here; a {@link StatelessClient} answers them.
 *
 * <p>It begins after {@link #start} with the first frame that the engine sends to the server, whose link addresses it takes.
 * What the engine sends goes first, then the answers: as long as some of that waits for room, no SYN is sent. Queue pair 0
 * carries it, and both of its queues must be polled by the same thread. {@link #start}, {@link #stop} and the counts are for
 * any thread. Allocates when it is made.
 */
public final class BlastPort extends PortDecorator {
    /** SYNs in one duty cycle, at most. */
    static final int MOST_SYNS = 64;

    /** Answers that wait for room, at most: as many as a full ring of SYNs brings, so that none is lost at this door. */
    private static final int MOST_ANSWERS = 1024;

    /** The most frames it holds itself. */
    public static final int FRAMES_HELD = MOST_SYNS + MOST_ANSWERS;

    /** What could not be sent for so long is given up: a flood that has stood still does not make up for it. */
    private static final long MOST_BEHIND_NANOS = 10_000_000;

    private final SynFrames syns;
    private final Flows flows;
    private final ArrivalSchedule schedule;
    private final int window;
    private final NanoClock clock;
    private final BlastCounts counts = new BlastCounts();
    private final FrameAllocator frames;
    private final FrameBurst leaving = new FrameBurst(MOST_SYNS);
    /** Null where nobody answers. */
    private final StatelessClient client;

    private final TxQueue tx;
    private final RxQueue blasting;
    private boolean scheduled;
    private boolean engineWaits;
    private volatile boolean running;

    private BlastPort(
            final PacketPort port,
            final SynFrames syns,
            final Flows flows,
            final OwnFlows answered,
            final ArrivalSchedule schedule,
            final int window,
            final NanoClock clock) {
        super(port);
        this.syns = syns;
        this.flows = flows;
        this.schedule = schedule;
        this.window = window;
        this.clock = clock;
        frames = port.pool().newAllocator();
        client = answered == null ? null : new StatelessClient(answered, syns, counts, frames, MOST_ANSWERS);
        tx = port.txQueue(0);
        blasting = new BlastingQueue(port.rxQueue(0));
    }

    /**
     * Floods the link of a port: nobody answers.
     *
     * @param port the port; closed with this.
     * @param syns what is sent; closed with this.
     * @param schedule when each SYN is due; null for as fast as possible.
     * @param clock tells when one is due.
     */
    public static BlastPort flood(
            final PacketPort port,
            final SynFrames syns,
            final Flows flows,
            final ArrivalSchedule schedule,
            final NanoClock clock) {
        return new BlastPort(port, syns, flows, null, schedule, 0, clock);
    }

    /**
     * Opens connections and lets the server close them, as {@link StatelessClient} does; the rest as for a flood.
     *
     * @param window connections under way where there is no schedule.
     */
    public static BlastPort clients(
            final PacketPort port,
            final SynFrames syns,
            final OwnFlows flows,
            final ArrivalSchedule schedule,
            final int window,
            final NanoClock clock) {
        return new BlastPort(port, syns, flows, flows, schedule, window, clock);
    }

    /** What became of it. */
    public BlastCounts counts() {
        return counts;
    }

    /** Begins. */
    public void start() {
        running = true;
    }

    /** Ends; what comes is still answered. */
    public void stop() {
        running = false;
    }

    @Override
    public RxQueue rxQueue(final int queue) {
        return queue == 0 ? blasting : port.rxQueue(queue);
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

    /** Sends what is due; how much that was. */
    private int blast(final long now) {
        if (!running || engineWaits || !syns.isAddressed()) {
            return 0;
        }
        final int due = due(now);
        if (due <= 0) {
            return 0;
        }
        while (leaving.size() < due) {
            final long mbuf = frames.allocate();
            if (mbuf == 0) {
                break; // all frames wait for the link: those come back
            }
            flows.next();
            syns.write(mbuf, flows);
            leaving.add(mbuf);
        }
        final int sent = leaving.isEmpty() ? 0 : tx.transmit(leaving);
        for (int i = 0; i < sent && schedule != null; i++) {
            schedule.take();
        }
        counts.due(schedule == null ? 0 : sent);
        counts.round(sent, sent < due);
        return due;
    }

    private int due(final long now) {
        if (schedule == null) {
            return client == null ? MOST_SYNS : (int) Math.min(window - client.underWay(now), MOST_SYNS);
        }
        if (!scheduled) {
            scheduled = true;
            schedule.start(now);
        }
        counts.due(schedule.skipOlderThan(now, MOST_BEHIND_NANOS));
        return (int) Math.min(schedule.due(now), MOST_SYNS);
    }

    /** Is polled in each duty cycle, whether anything comes or not: so it is where all of it leaves. */
    private final class BlastingQueue extends RxQueueDecorator {
        private BlastingQueue(final RxQueue rx) {
            super(rx);
        }

        @Override
        public int receive(final FrameBurst burst) {
            final long start = clock.nanoTime();
            int work = 0;
            int received = rx.receive(burst);
            boolean clear = true;
            if (client != null) {
                work = received;
                received = client.take(burst);
                work -= received;
                clear = !engineWaits && client.send(tx);
            }
            if (clear) {
                work += blast(start);
            }
            if (work > 0) {
                counts.worked(clock.nanoTime() - start);
            }
            return received;
        }
    }

    /** Frees what has not left, and closes the port. */
    @Override
    public void close() {
        for (int i = 0; i < leaving.size(); i++) {
            frames.free(leaving.get(i));
        }
        leaving.close();
        if (client != null) {
            client.close();
        }
        syns.close();
        port.close();
    }
}
