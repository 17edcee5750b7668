package io.millrace.bench.run;

import java.util.OptionalLong;

/**
 * What the generator offers the server; immutable.
 *
 * @param connections that begin each second, whatever becomes of them; 0 for a closed loop, in which one begins when another
 *     has ended.
 * @param spoofedSyns SYNs a second besides, from sources that nobody has; 0 for as many as possible, empty for none.
 */
public record Offer(long connections, OptionalLong spoofedSyns) {
    private static final long PLENTY = 1 << 18;

    /** One begins when another has ended. */
    public static final Offer CLOSED_LOOP = new Offer(0, OptionalLong.empty());

    /** Connections alone. */
    public static Offer ofConnections(final long perSecond) {
        return new Offer(perSecond, OptionalLong.empty());
    }

    /**
     * The most connections under way: in an open loop those of ten seconds, so that SYNs which are lost twice hold none of
     * the others back; where that would take much memory, those of one second.
     *
     * @param concurrency of a closed loop, and the least of an open one.
     */
    int mostUnderWay(final int concurrency) {
        return (int) Math.max(concurrency, Math.max(connections, Math.min(10 * connections, PLENTY)));
    }

    /** Whether connections begin by the clock. */
    public boolean isOpenLoop() {
        return connections > 0;
    }

    /** Whether spoofed SYNs come besides. */
    public boolean isFlood() {
        return spoofedSyns.isPresent();
    }
}
