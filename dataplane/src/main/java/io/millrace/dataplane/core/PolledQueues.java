package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameConsumer;
import io.millrace.dataplane.port.PortFrames;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.NanoClock;

/**
 * The queue pairs that one thread polls, of whichever ports. Owned by that thread; allocates when a port comes or goes, and
 * nothing else.
 */
final class PolledQueues {
    private final NanoClock clock;
    private final PortFrames frames = new PortFrames();
    private PolledQueue[] queues = {};
    private boolean started;
    /** Null as long as the thread does not sleep. */
    private Idling idling;

    PolledQueues(final NanoClock clock) {
        this.clock = clock;
    }

    /** Where frames of every port polled here go back to. */
    PortFrames frames() {
        return frames;
    }

    /** Tells how the thread idles; before it starts. */
    void idle(final Idling threads) {
        idling = threads;
        for (final PolledQueue queue : queues) {
            queue.wakes(threads);
        }
    }

    void start() {
        final long now = clock.nanoTime();
        started = true;
        for (final PolledQueue queue : queues) {
            queue.start(now);
        }
    }

    void add(final List<PolledQueue> more) {
        for (final PolledQueue queue : more) {
            frames.add(queue.port(), queue.allocator());
            if (started) {
                queue.start(clock.nanoTime());
            }
            if (idling != null) {
                queue.wakes(idling);
            }
            queues = Arrays.copyOf(queues, queues.length + 1);
            queues[queues.length - 1] = queue;
        }
    }

    /** Receives one burst of each queue; how many frames there were. */
    int receive(final FrameConsumer consumer, final long nowNanos) {
        int work = 0;
        for (final PolledQueue queue : queues) {
            work += queue.receive(consumer, nowNanos);
        }
        return work;
    }

    /** Does what else is due, and sends; how much there was. */
    int finish(final long nowNanos) {
        int work = 0;
        for (final PolledQueue queue : queues) {
            work += queue.finish(nowNanos);
        }
        return work;
    }

    /** Whether a device is so far behind that {@code frames} more would be too many. */
    boolean isBehind(final int frameCount) {
        for (final PolledQueue queue : queues) {
            if (queue.sink().isBehind(frameCount)) {
                return true;
            }
        }
        return false;
    }

    void stopReceiving(final int port) {
        for (final PolledQueue queue : queues) {
            if (queue.port() == port) {
                stopReceiving(queue);
            }
        }
    }

    private void stopReceiving(final PolledQueue queue) {
        if (idling != null && queue.isReceiving()) {
            queue.wakesNoMore(idling);
        }
        queue.stopReceiving();
    }

    /** True when the devices have taken all that was sent by a port, or will take nothing any more. */
    boolean isDrained(final int port) {
        for (final PolledQueue queue : queues) {
            if (queue.port() == port && !queue.isDrained()) {
                return false;
            }
        }
        return true;
    }

    /** Lets go of a port; nobody sends by it any more. */
    void release(final int port) {
        for (final PolledQueue queue : queues) {
            if (queue.port() == port) {
                stopReceiving(queue);
                queue.closeNeighbors();
                queue.close();
            }
        }
        queues = Arrays.stream(queues).filter(queue -> queue.port() != port).toArray(PolledQueue[]::new);
        frames.remove(port);
    }

    /** The thread ends; frames that wait for neighbors are freed later, when no other thread can send any. */
    void close() {
        for (final PolledQueue queue : queues) {
            queue.close();
        }
    }
}
