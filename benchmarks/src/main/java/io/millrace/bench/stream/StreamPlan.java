package io.millrace.bench.stream;

import io.millrace.bench.link.Link;
import io.millrace.bench.profile.ProfileFolder;
import io.millrace.bench.run.Addressing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is measured. Immutable.
 *
 * @param pairings whose TCP is at the two ends, in turn.
 * @param link what joins two engines.
 * @param addressing who has which address.
 * @param traffic what goes over the connections.
 * @param mtu largest IP packet, bytes.
 * @param bufferBytes bound of the engine's send and receive buffer of each connection.
 * @param duration how long is measured.
 * @param warmUp how long the load runs before that, at least.
 * @param settle how much longer, at most, until what is carried in a second has settled.
 * @param serverCores CPUs of the server's polling threads; none leaves it to the kernel.
 * @param clientCores CPUs of the client's.
 * @param idle what a polling thread does without work.
 * @param hugePages whether DPDK takes its memory from huge pages.
 * @param jvmFlags flags of both child JVMs, after the usual ones.
 * @param recordings the folder where both nodes leave a recording of the measured time; empty for none.
 * @param command the command line as typed, for the record.
 */
public record StreamPlan(
        List<Pairing> pairings,
        Link link,
        Addressing addressing,
        Traffic traffic,
        int mtu,
        int bufferBytes,
        Duration duration,
        Duration warmUp,
        Duration settle,
        List<Integer> serverCores,
        List<Integer> clientCores,
        String idle,
        boolean hugePages,
        List<String> jvmFlags,
        Optional<Path> recordings,
        String command) {
    /** The same with recordings of the measured time. */
    StreamPlan recordedTo(final Path folder) {
        final List<String> flags = new ArrayList<>(jvmFlags);
        flags.addAll(ProfileFolder.flags(folder));
        return new StreamPlan(
                pairings,
                link,
                addressing,
                traffic,
                mtu,
                bufferBytes,
                duration,
                warmUp,
                settle,
                serverCores,
                clientCores,
                idle,
                hugePages,
                flags,
                Optional.of(folder),
                command);
    }

    /** What joins the two ends of a pairing, for people. */
    String link(final Pairing pairing) {
        return pairing.link().orElse(link.label());
    }
}
