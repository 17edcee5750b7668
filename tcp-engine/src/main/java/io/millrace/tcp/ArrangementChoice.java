package io.millrace.tcp;

import io.millrace.dataplane.port.PacketPort;
import java.util.List;

/**
 * The arrangement of an engine, and why it is this one.
 *
 * @param arrangement never AUTO.
 * @param reason a clause that reads after the arrangement's name and a colon.
 */
record ArrangementChoice(Arrangement arrangement, String reason) {
    /**
     * Decides.
     *
     * @param ioCores how many IO cores are asked for; 0 if that is left open.
     * @param cpus how many CPUs this process may use.
     */
    static ArrangementChoice of(
            final Arrangement wanted,
            final int shards,
            final int ioCores,
            final List<PacketPort> ports,
            final int cpus) {
        if (wanted != Arrangement.AUTO) {
            return new ArrangementChoice(wanted, "as asked for");
        }
        if (ioCores > 0) {
            return new ArrangementChoice(Arrangement.PIPELINE, "IO cores are asked for");
        }
        if (shards == 1) {
            return new ArrangementChoice(Arrangement.RUN_TO_COMPLETION, "one shard can poll every queue itself");
        }
        if (cpus == 1) {
            return new ArrangementChoice(Arrangement.SINGLE_THREAD, "there is one CPU for all threads");
        }
        for (final PacketPort port : ports) {
            if (!port.capabilities().flowSteering() || port.queuePairs() != shards) {
                return new ArrangementChoice(
                        Arrangement.PIPELINE,
                        "port " + port.name() + " does not steer flows to " + shards
                                + " queue pairs, one for each shard");
            }
        }
        return new ArrangementChoice(
                Arrangement.RUN_TO_COMPLETION, "every port steers flows to a queue pair for each shard");
    }
}
