package io.millrace.bench.run;

import io.millrace.bench.load.Conversation;
import java.util.OptionalLong;

/**
 * What the generator offers the server; immutable.
 *
 * @param connections that begin each second, whatever becomes of them; 0 for a closed loop, in which one begins when another
 *     has ended.
 * @param spoofedSyns SYNs a second besides, from sources that nobody has; 0 for as many as possible, empty for none.
 * @param conversation what each connection is for.
 */
public record Offer(long connections, OptionalLong spoofedSyns, Conversation conversation) {
    private static final long PLENTY = 1 << 18;

    /** One begins when another has ended. */
    public static final Offer CLOSED_LOOP = ofConnections(0);

    /** Connections alone. */
    public static Offer ofConnections(final long perSecond) {
        return new Offer(perSecond, OptionalLong.empty(), Conversation.SERVER_CLOSES);
    }

    /** The same with spoofed SYNs besides; 0 for as many as possible. */
    public Offer withSpoofedSyns(final long perSecond) {
        return new Offer(connections, OptionalLong.of(perSecond), conversation);
    }

    /** The same with connections that are for something else. */
    public Offer with(final Conversation each) {
        return new Offer(connections, spoofedSyns, each);
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
