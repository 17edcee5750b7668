package io.millrace.bench.io;

import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.EalOptions;

/**
 * What one process does once. Immutable.
 *
 * @param device what it receives from and sends to.
 * @param framesFirst frames that it sends before it receives any; 0 where somebody else sends.
 * @param burst most frames received at once.
 * @param warmUpMillis how long it runs from the first frame on before it measures.
 * @param measureMillis how long it measures.
 * @param cpu the CPU of its polling thread.
 * @param hugePages whether DPDK takes its memory from huge pages.
 */
public record IoTask(
        Devargs device, int framesFirst, int burst, int warmUpMillis, int measureMillis, int cpu, boolean hugePages) {
    /** What it says, a line by itself, when somebody else may begin to send. */
    public static final String READY = "ready";

    /** How DPDK is started, for each path alike. */
    EalOptions ealOptions(final String filePrefix) {
        return EalOptions.builder()
                .filePrefix(filePrefix)
                .hugePages(hugePages)
                .device(device)
                .build();
    }
}
