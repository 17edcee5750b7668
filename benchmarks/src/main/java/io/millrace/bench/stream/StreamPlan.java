package io.millrace.bench.stream;

import java.time.Duration;
import java.util.List;

/**
 * What is measured. Immutable.
 *
 * @param pairings whose TCP is at the two ends, one after the other.
 * @param pattern what goes over the connections.
 * @param direction which way it goes in bulk.
 * @param connections how many are open at once.
 * @param mtu largest IP packet, bytes.
 * @param size bytes of a request, and of an answer.
 * @param bufferBytes bound of the engine's send and receive buffer of each connection.
 * @param duration how long is measured.
 * @param warmUp how long the load runs before that.
 * @param serverCores CPUs of the server's polling threads; none leaves it to the kernel.
 * @param clientCores CPUs of the client's.
 * @param idle what a polling thread does without work.
 * @param hugePages whether DPDK takes its memory from huge pages.
 * @param jvmFlags flags of both child JVMs, after the usual ones.
 * @param command the command line as typed, for the record.
 */
public record StreamPlan(
        List<Pairing> pairings,
        Pattern pattern,
        Direction direction,
        int connections,
        int mtu,
        int size,
        int bufferBytes,
        Duration duration,
        Duration warmUp,
        List<Integer> serverCores,
        List<Integer> clientCores,
        String idle,
        boolean hugePages,
        List<String> jvmFlags,
        String command) {
    /** Bytes of the largest request: it has to fit into a segment of the smallest MTU. */
    public static final int MAX_SIZE = 512;
}
