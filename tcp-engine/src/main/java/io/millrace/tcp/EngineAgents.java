package io.millrace.tcp;

import io.millrace.dataplane.core.AgentsInTurn;
import io.millrace.dataplane.core.CoreCheck;
import io.millrace.dataplane.core.CoreCheck.Poller;
import io.millrace.dataplane.core.CoreCheck.PortNode;
import io.millrace.dataplane.core.Datapath;
import io.millrace.dataplane.core.IdleMode;
import io.millrace.dataplane.core.Idling;
import io.millrace.dataplane.core.PollingThread;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.port.PacketPort;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.agrona.concurrent.Agent;

/**
 * The agents of an engine, the IO cores' first, then the shards': on threads of their own, or driven by the caller. Made,
 * started and ended by a control thread; {@link #poll} belongs to the one that drives.
 */
final class EngineAgents {
    private final List<Agent> agents;
    private final int ioCores;
    private final List<PollingThread> threads = new ArrayList<>();
    /** The polling threads as the core check knows them; none where the agents are driven. */
    private final List<Poller> pollers = new ArrayList<>();

    /** A duty cycle is under way on an engine that is driven. */
    private boolean inCycle;

    /** These agents, the first of which are IO cores'. */
    EngineAgents(final List<Agent> agents, final int ioCores) {
        this.agents = List.copyOf(agents);
        this.ioCores = ioCores;
    }

    /**
     * Starts them, each on a thread of its own, or all in turn on one.
     *
     * @param cpuOf the CPU of a polling thread, by its place in the order.
     * @param counters of each thread, in the same order.
     */
    void start(
            final boolean inTurn,
            final IntFunction<OptionalInt> cpuOf,
            final IdleMode idle,
            final List<CounterBlock> counters,
            final Datapath datapath) {
        final List<Agent> running = inTurn ? List.of(new AgentsInTurn("all-in-turn", agents)) : agents;
        for (int i = 0; i < running.size(); i++) {
            pollers.add(new Poller(running.get(i).roleName(), cpuOf.apply(i)));
        }
        final List<PortNode> nodes =
                datapath.ports().stream().map(port -> node(port.port())).toList();
        CoreCheck.ofThisMachine().log(pollers, nodes, idle);
        final List<Idling> idlings = IntStream.range(0, running.size())
                .mapToObj(i -> Idling.of(idle, counters.get(i)))
                .toList();
        final List<Idling> ofAgents = inTurn ? Collections.nCopies(agents.size(), idlings.getFirst()) : idlings;
        datapath.idle(ofAgents.subList(0, ioCores), ofAgents.subList(ioCores, agents.size()));
        for (int i = 0; i < running.size(); i++) {
            threads.add(PollingThread.start(running.get(i), cpuOf.apply(i), idlings.get(i), counters.get(i)));
        }
    }

    private static PortNode node(final PacketPort port) {
        return new PortNode(port.name(), port.numaNode());
    }

    /** Tells of the cores what concerns a port that has come later. */
    void checkCores(final PacketPort port) {
        CoreCheck.ofThisMachine().logPort(pollers, node(port));
    }

    /** Readies them to be driven. */
    void startManually() {
        agents.forEach(Agent::onStart);
    }

    /** One duty cycle of each; how much was done. */
    int poll() {
        requireBetweenCycles("TcpEngine.poll");
        int work = 0;
        inCycle = true;
        try {
            for (int i = 0; i < agents.size(); i++) {
                work += agents.get(i).doWork();
            }
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new IllegalStateException("an agent failed", e);
        } finally {
            inCycle = false;
        }
        return work;
    }

    /** Throws in a duty cycle of an engine that is driven: {@code what} would run another, or free what this one uses. */
    void requireBetweenCycles(final String what) {
        if (inCycle) {
            throw new IllegalStateException(
                    what + " in a duty cycle of the engine: call it between two calls of TcpEngine.poll");
        }
    }

    /** Whether no thread has failed. */
    boolean areRunning() {
        return threads.stream().noneMatch(thread -> thread.failure().isPresent());
    }

    /** Ends them: the shards first, the IO cores last. */
    void end() {
        for (int i = threads.size() - 1; i >= 0; i--) {
            threads.get(i).close();
        }
        if (threads.isEmpty()) {
            for (int i = agents.size() - 1; i >= 0; i--) {
                agents.get(i).onClose();
            }
        }
    }
}
