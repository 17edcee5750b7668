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
    /** One begins when another has ended. */
    public static final Offer CLOSED_LOOP = new Offer(0, OptionalLong.empty());

    /** Connections alone. */
    public static Offer ofConnections(final long perSecond) {
        return new Offer(perSecond, OptionalLong.empty());
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
