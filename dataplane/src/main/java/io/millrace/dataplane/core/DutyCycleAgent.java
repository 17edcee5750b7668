package io.millrace.dataplane.core;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;

/**
 * Measures how much of its time an agent works: the time from one duty cycle to the next counts as work if the first had
 * any to do, else as idle. What the agent throws ends it, for its state can't be trusted any more.
 *
 * <p>Owned by the agent's thread; allocates nothing.
 */
final class DutyCycleAgent implements Agent {
    private final Agent agent;
    private final CounterBlock counters;
    private long lastStart;
    private boolean worked;

    DutyCycleAgent(final Agent agent, final CounterBlock counters) {
        this.agent = agent;
        this.counters = counters;
    }

    @Override
    public void onStart() {
        agent.onStart();
        lastStart = System.nanoTime();
    }

    @Override
    public int doWork() {
        final long start = System.nanoTime();
        counters.add(worked ? Counter.DUTY_WORK_NANOS : Counter.DUTY_IDLE_NANOS, start - lastStart);
        counters.increment(Counter.DUTY_CYCLES);
        lastStart = start;
        try {
            final int work = agent.doWork();
            worked = work > 0;
            return work;
        } catch (final Throwable failure) {
            throw new AgentTerminationException(failure);
        }
    }

    @Override
    public void onClose() {
        agent.onClose();
    }

    @Override
    public String roleName() {
        return agent.roleName();
    }
}
