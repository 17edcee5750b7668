package io.millrace.dataplane.port.decorator;

import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.port.TxQueue;
import java.util.List;

/**
 * A port that can be watched: while a {@link CaptureRing} is open over it, each frame received and each frame the port has
 * taken for sending is copied into the ring. Without one it costs the read of a field a burst. It never waits, holds no
 * frame, and changes nothing.
 *
 * <p>The receive and the transmit queue of the same number must be polled by the same thread. Allocates when it is made.
 */
public final class PcapTap extends PortDecorator {
    private final QueuePair[] pairs;

    /** Makes a tap on a port, with nobody watching; closing it closes the port. */
    public PcapTap(final PacketPort port) {
        super(port);
        pairs = new QueuePair[port.queuePairs()];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = new QueuePair(port.rxQueue(i), port.txQueue(i));
        }
    }

    void attach(final List<CaptureLane> lanes) {
        if (pairs[0].lane != null) {
            throw new IllegalStateException("port " + name() + " is being captured already: end that capture first");
        }
        for (int i = 0; i < pairs.length; i++) {
            pairs[i].lane = lanes.get(i);
        }
    }

    void detach() {
        for (final QueuePair pair : pairs) {
            pair.lane = null;
        }
    }

    String description() {
        return port.queuePairs() + " queue pairs, MTU " + port.mtu() + ", " + port.mac();
    }

    /** Both queues of one number, which share a lane, so that question and answer are in order. */
    private static final class QueuePair extends RxQueueDecorator implements TxQueue {
        private final TxQueue tx;
        private volatile CaptureLane lane;

        private QueuePair(final RxQueue rx, final TxQueue tx) {
            super(rx);
            this.tx = tx;
        }

        @Override
        public int receive(final FrameBurst burst) {
            final CaptureLane watching = lane;
            if (watching != null) {
                watching.settle();
            }
            final int count = rx.receive(burst);
            if (watching != null && count > 0) {
                watching.received(burst);
            }
            return count;
        }

        @Override
        public int transmit(final FrameBurst burst) {
            final CaptureLane watching = lane;
            if (watching == null) {
                return tx.transmit(burst);
            }
            final int offered = burst.size();
            watching.sending(burst);
            final int sent = tx.transmit(burst);
            watching.sent(offered - burst.size());
            return sent;
        }

        @Override
        public void dropped(final int index, final DropReason reason) {
            final CaptureLane watching = lane;
            if (watching != null) {
                watching.dropped(index, reason);
            }
            super.dropped(index, reason);
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
}
