package io.millrace.tcp.timer;

import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;

/**
 * The deadlines of connections: retransmission (or persist), delayed acknowledgment, and the end of a state's life, all on
 * one wheel entry a connection.
 *
 * <p>Lazy: moving a deadline later, or dropping it, touches the record alone; the wheel then looks too early, finds
 * nothing due, and looks again. So an acknowledgment that pushes the retransmission time-out costs one store. Owned by the
 * shard's thread; allocates nothing.
 */
public final class ConnectionTimers {
    /** The end of a state's life and keep-alive have one deadline: a connection never waits for both. */
    private static final int LIFE = TcbFlags.TIMER_LIFE | TcbFlags.TIMER_KEEP_ALIVE;

    private static final int ANY = TcbFlags.TIMER_RTO | TcbFlags.TIMER_ACK | LIFE;

    private final TimerWheel wheel;

    /** Over a wheel whose links are where {@link Tcb} has them. */
    public ConnectionTimers(final TimerWheel wheel) {
        this.wheel = wheel;
    }

    /** Arms the retransmission time-out for {@code deadline}, ms. */
    public void armRto(final Tcb tcb, final int deadline) {
        tcb.rtoDeadline(deadline);
        tcb.set(TcbFlags.TIMER_RTO);
        look(tcb, deadline);
    }

    /** Arms the delayed acknowledgment for {@code deadline}, ms. */
    public void armAck(final Tcb tcb, final int deadline) {
        tcb.ackDeadline(deadline);
        tcb.set(TcbFlags.TIMER_ACK);
        look(tcb, deadline);
    }

    /** Arms the end of life for {@code deadline}, ms. */
    public void armLife(final Tcb tcb, final int deadline) {
        tcb.lifeDeadline(deadline);
        tcb.clear(TcbFlags.TIMER_KEEP_ALIVE);
        tcb.set(TcbFlags.TIMER_LIFE);
        look(tcb, deadline);
    }

    /** Arms keep-alive for {@code deadline}, ms, unless the end of life is armed. */
    public void armKeepAlive(final Tcb tcb, final int deadline) {
        if (!tcb.is(TcbFlags.TIMER_LIFE)) {
            tcb.lifeDeadline(deadline);
            tcb.set(TcbFlags.TIMER_KEEP_ALIVE);
            look(tcb, deadline);
        }
    }

    /** Has the wheel look at the connection by {@code deadline}, ms, whatever else it waits for. */
    public void lookBy(final Tcb tcb, final int deadline) {
        look(tcb, deadline);
    }

    /** Takes the connection off the wheel; its record is about to be released. */
    public void forget(final Tcb tcb) {
        wheel.cancel(tcb.slot());
    }

    /** The wheel has looked at the connection: looks again when the next of its deadlines comes. */
    public void lookAgain(final Tcb tcb) {
        if (!tcb.is(ANY)) {
            return;
        }
        int earliest = 0;
        boolean found = false;
        if (tcb.is(TcbFlags.TIMER_RTO)) {
            earliest = tcb.rtoDeadline();
            found = true;
        }
        if (tcb.is(TcbFlags.TIMER_ACK) && (!found || tcb.ackDeadline() - earliest < 0)) {
            earliest = tcb.ackDeadline();
            found = true;
        }
        if (tcb.is(LIFE) && (!found || tcb.lifeDeadline() - earliest < 0)) {
            earliest = tcb.lifeDeadline();
        }
        look(tcb, earliest);
    }

    private void look(final Tcb tcb, final int deadline) {
        final int slot = tcb.slot();
        if (!wheel.isScheduled(slot) || deadline - wheel.deadline(slot) < 0) {
            wheel.schedule(slot, deadline);
        }
    }
}
