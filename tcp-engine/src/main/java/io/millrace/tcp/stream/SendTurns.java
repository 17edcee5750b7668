package io.millrace.tcp.stream;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.PortFrames;
import io.millrace.tcp.egress.SegmentWriter;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.SlotQueue;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/**
 * Connections that may send and find no room in their port's transmit queue. They wait, with their text in their send queues
 * and no frame taken, and have turns in the order in which they came: so nothing is lost at our own door however many have
 * something to say at once, and none overtakes. What Linux does by TCP small queues and a fair queue.
 *
 * <p>Only what will be sent again if it is lost waits: text, FINs, SYNs, acknowledgments. One instance a shard, owned by its
 * thread; allocates a queue when connections of a port wait for the first time, and when more of them wait than ever did.
 */
public final class SendTurns {
    /** Segments of one turn where others wait: who has much to send does not keep them from sending little. */
    private static final int QUANTUM = 64;
    /** Turns of one duty cycle: what has arrived meanwhile comes next. */
    private static final int TURNS = 256;

    private final SegmentWriter writer;
    private final RecordSlab connections;
    private final CounterBlock counters;
    private final SlotQueue[] waiting = new SlotQueue[PortFrames.PORTS];
    /** Ports that connections have waited for, all below this. */
    private int ports;

    private final Tcb tcb = new Tcb();
    private int granted;
    private int turn = RecordSlab.NONE;
    private int left;

    SendTurns(final SegmentWriter writer, final RecordSlab connections, final CounterBlock counters) {
        this.writer = writer;
        this.connections = connections;
        this.counters = counters;
    }

    /** Whether a connection may send one more segment of what can wait; if not, it waits for its turn from now on. */
    boolean admits(final Tcb sender) {
        if (sender.is(TcbFlags.AWAITS_TURN)) {
            return false;
        }
        final int port = sender.devicePort();
        if (isTurnOf(sender)) {
            if (left > 0 && writer.hasRoom(port)) {
                left--;
                return true;
            }
        } else if ((waiting[port] == null || waiting[port].isEmpty()) && writer.hasRoom(port)) {
            return true;
        }
        await(sender, port);
        return false;
    }

    /** Whether it is a connection's turn: it has waited. */
    boolean isTurnOf(final Tcb sender) {
        return sender.slot() == turn;
    }

    private void await(final Tcb sender, final int port) {
        if (waiting[port] == null) {
            waiting[port] = new SlotQueue(connections.capacity());
            ports = Math.max(ports, port + 1);
        }
        sender.set(TcbFlags.AWAITS_TURN);
        waiting[port].add(sender.slot());
        counters.increment(Counter.SEND_TURNS_AWAITED);
    }

    /**
     * The next connection whose turn it is, marked {@link TcbFlags#SETTLE_PENDING}; {@link RecordSlab#NONE} if there is none
     * in this duty cycle. Its turn ends with the next call.
     */
    public int next() {
        turn = RecordSlab.NONE;
        for (int port = 0; port < ports && granted < TURNS; port++) {
            while (waiting[port] != null && !waiting[port].isEmpty() && writer.hasRoom(port)) {
                final int slot = waiting[port].poll();
                tcb.wrap(slot, connections.address(slot));
                if (tcb.is(TcbFlags.AWAITS_TURN)) { // or it is over, and the record may be another's
                    tcb.clear(TcbFlags.AWAITS_TURN);
                    tcb.set(TcbFlags.SETTLE_PENDING);
                    granted++;
                    turn = slot;
                    left = QUANTUM;
                    return slot;
                }
            }
        }
        granted = 0;
        return RecordSlab.NONE;
    }
}
