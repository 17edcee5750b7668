package io.millrace.dataplane.core;

import java.util.List;
import org.agrona.concurrent.Agent;

/**
 * Several agents on one thread, in turn: a duty cycle of each makes one of the whole. Closes them in the reverse order.
 * Owned by the thread; allocates nothing.
 */
public final class AgentsInTurn implements Agent {
    private final String name;
    private final Agent[] agents;

    /** Makes one agent of several. */
    public AgentsInTurn(final String name, final List<Agent> agents) {
        this.name = name;
        this.agents = agents.toArray(Agent[]::new);
    }

    @Override
    public void onStart() {
        for (final Agent agent : agents) {
            agent.onStart();
        }
    }

    @Override
    public int doWork() throws Exception {
        int work = 0;
        for (final Agent agent : agents) {
            work += agent.doWork();
        }
        return work;
    }

    @Override
    public void onClose() {
        for (int i = agents.length - 1; i >= 0; i--) {
            agents[i].onClose();
        }
    }

    @Override
    public String roleName() {
        return name;
    }
}
