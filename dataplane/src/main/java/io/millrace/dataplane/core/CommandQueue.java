package io.millrace.dataplane.core;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.ring.Doorbell;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;

/**
 * What other threads want a polling thread to do: any thread submits, the polling thread runs what is there once in each
 * duty cycle. Allocates its places when it is made.
 */
public final class CommandQueue {
    /** The most commands that can wait. */
    public static final int CAPACITY = 1 << 16;

    private static final System.Logger LOGGER = System.getLogger(CommandQueue.class.getName());

    private final String owner;
    private final CounterBlock counters;
    private final MessagePassingQueue<Runnable> commands = new MpscVarHandleArrayQueue<>(CAPACITY);

    private volatile Doorbell doorbell = Doorbell.SILENT;

    /** Makes an empty queue; {@code owner} names the polling thread, which counts in {@code counters}. */
    public CommandQueue(final String owner, final CounterBlock counters) {
        this.owner = owner;
        this.counters = counters;
    }

    /** Has a doorbell rung after each command: the polling thread's. */
    void wakes(final Doorbell owners) {
        doorbell = owners;
    }

    /** Name of the polling thread. */
    public String owner() {
        return owner;
    }

    /**
     * Any thread: has a command run on the polling thread.
     *
     * @return false if {@value #CAPACITY} commands wait already
     */
    public boolean submit(final Runnable command) {
        final boolean taken = commands.offer(command);
        doorbell.ring();
        return taken;
    }

    /** The polling thread: runs what waits; how many there were. A command that throws is counted and logged. */
    public int run() {
        int count = 0;
        for (Runnable command = commands.relaxedPoll(); command != null; command = commands.relaxedPoll()) {
            run(command);
            count++;
        }
        if (count > 0) {
            counters.add(Counter.COMMANDS_EXECUTED, count);
        }
        return count;
    }

    private void run(final Runnable command) {
        try {
            command.run();
        } catch (final RuntimeException e) {
            counters.increment(Counter.HANDLER_FAILURES);
            LOGGER.log(System.Logger.Level.ERROR, "a command of another thread threw on " + owner, e);
        }
    }
}
