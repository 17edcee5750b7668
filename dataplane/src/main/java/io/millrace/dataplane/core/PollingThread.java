package io.millrace.dataplane.core;

import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.linux.CpuAffinity;
import io.millrace.linux.LinuxException;
import io.millrace.linux.TimerSlack;
import java.util.Optional;
import java.util.OptionalInt;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;

/**
 * Runs an agent on a thread of its own, on one CPU if so wished, until it is closed or the agent fails. Made and closed by
 * any thread.
 */
public final class PollingThread implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(PollingThread.class.getName());

    /** Linux's default of 50 µs is as much as a frame may wait altogether. */
    private static final long TIMER_SLACK_NANOS = 1_000;

    /** The threads of this class, which everyone must be able to tell from others. */
    private static final class Poller extends Thread {
        Poller(final Runnable body, final String name) {
            super(body, name);
        }
    }

    private final AgentRunner runner;
    private final String name;
    private final Idling idling;
    private volatile Throwable failure;

    private PollingThread(final Agent agent, final Idling idling, final CounterBlock counters) {
        name = agent.roleName();
        this.idling = idling;
        runner = new AgentRunner(idling.strategy(), this::onError, null, new DutyCycleAgent(agent, counters));
    }

    /**
     * Starts an agent.
     *
     * @param cpu the CPU it is bound to; empty to leave it to the scheduler
     * @param idling what it does without work; closed with this, or here if it does not start
     * @param counters where its duty cycle is counted: the counters of this thread
     * @throws IllegalArgumentException when we may not use that CPU
     */
    public static PollingThread start(
            final Agent agent, final OptionalInt cpu, final Idling idling, final CounterBlock counters) {
        if (cpu.isPresent() && !CpuAffinity.allowedCpus().contains(cpu.getAsInt())) {
            idling.close();
            throw new IllegalArgumentException("CPU " + cpu.getAsInt() + " for " + agent.roleName() + ": choose one of "
                    + CpuAffinity.allowedCpus());
        }
        final PollingThread thread = new PollingThread(agent, idling, counters);
        AgentRunner.startOnThread(thread.runner, task -> {
            final Thread platformThread = new Poller(
                    () -> {
                        cpu.ifPresent(thread::pin);
                        thread.sleepExactly();
                        task.run();
                    },
                    thread.name);
            platformThread.setDaemon(true);
            return platformThread;
        });
        return thread;
    }

    /**
     * For what waits until a polling thread has done something: a polling thread may not call it, for it would wait for
     * itself, or for one that waits for it.
     *
     * @param what the call, as its caller knows it
     * @throws IllegalStateException when the current thread is a polling one, of whichever engine
     */
    public static void refuse(final String what) {
        if (Thread.currentThread() instanceof Poller poller) {
            throw new IllegalStateException(what + " waits for polling threads, and " + poller.getName()
                    + " is one: call it from another thread, or use TcpEngine.execute, which does not wait");
        }
    }

    private void pin(final int cpu) {
        try {
            CpuAffinity.pin(cpu);
        } catch (final LinuxException e) { // the CPU was there a moment ago; without it we are only slower
            LOGGER.log(System.Logger.Level.WARNING, "polling thread " + name + " runs unpinned", e);
        }
    }

    private void sleepExactly() {
        if (idling.sleeps()) {
            try {
                TimerSlack.set(TIMER_SLACK_NANOS);
            } catch (final LinuxException e) {
                LOGGER.log(System.Logger.Level.WARNING, "polling thread " + name + " may wake late", e);
            }
        }
    }

    private void onError(final Throwable error) {
        failure = error instanceof AgentTerminationException && error.getCause() != null ? error.getCause() : error;
        LOGGER.log(System.Logger.Level.ERROR, "polling thread " + name + " failed", failure);
    }

    /** What ended the agent, if it failed. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** True once the agent has ended, closed or failed. */
    public boolean isClosed() {
        return runner.isClosed();
    }

    /** Stops the agent, and waits until its thread has cleaned up. */
    @Override
    public void close() {
        runner.close();
        idling.close();
    }
}
