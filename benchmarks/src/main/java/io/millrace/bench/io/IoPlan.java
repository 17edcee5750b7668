package io.millrace.bench.io;

import io.millrace.bench.link.Link;
import io.millrace.bench.reference.BareEcho;
import io.millrace.dpdk.Devargs;

/**
 * What is measured. Immutable.
 *
 * @param link what frames go through: back to the port that sent them, or to a sender in C and from it.
 * @param burst most frames received at once.
 * @param warmUpMillis how long each process runs before it measures.
 * @param measureMillis how long each process measures.
 * @param repeats processes of each path.
 * @param cpu the CPU of the polling thread, the same for all.
 * @param senderCpu the sender's, where there is one; negative leaves it to the kernel.
 * @param hugePages whether DPDK takes its memory from huge pages.
 */
public record IoPlan(
        Link link,
        int burst,
        int warmUpMillis,
        int measureMillis,
        int repeats,
        int cpu,
        int senderCpu,
        boolean hugePages) {
    /** The largest burst: all frames under way have room in a ring of 1024 descriptors. */
    public static final int MAX_BURST = 512;

    /** Bytes of each frame that comes back to its port. */
    static final int FRAME_BYTES = 64;
    /** Descriptors of each queue. */
    static final int DESCRIPTORS = 1024;
    /** Mbufs of the pool where the path doesn't choose itself. */
    static final int MBUFS = 16_383;

    private static final int BURSTS_UNDER_WAY = 8;

    /** Whether a sender is at the other end. */
    boolean hasSender() {
        return !link.loopsBack();
    }

    /** Bytes of each frame. */
    int frameBytes() {
        return hasSender() ? BareEcho.FRAME_BYTES : FRAME_BYTES;
    }

    /** What frames go through, for people. */
    String linkName() {
        return hasSender() ? link.label() : link.loop().name();
    }

    /** What a path's process does once, over a device. */
    IoTask task(final Devargs device) {
        return new IoTask(
                device, hasSender() ? 0 : framesUnderWay(), burst, warmUpMillis, measureMillis, cpu, hugePages);
    }

    /** Frames that go round at once: some bursts of them, so that no burst follows its own tail. */
    int framesUnderWay() {
        return Math.min(BURSTS_UNDER_WAY * burst, MAX_BURST);
    }
}
