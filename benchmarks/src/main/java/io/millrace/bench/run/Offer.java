package io.millrace.bench.run;

import io.millrace.bench.load.Conversation;
import java.util.OptionalLong;

/**
 * What the generator offers the server; immutable.
 *
 * @param connections of its engine's that begin each second, whatever becomes of them; 0 for a closed loop, in which one begins
 *     when another has ended.
 * @param syns SYNs a second besides that no engine sends; 0 for as many as possible, empty for none.
 * @param answered whether clients without state complete what comes of these; otherwise they are a flood from spoofed sources.
 * @param held connections that are opened before all that and held.
 * @param conversation what each connection is for.
 */
public record Offer(long connections, OptionalLong syns, boolean answered, int held, Conversation conversation) {
    private static final long PLENTY = 1 << 18;

    /** One begins when another has ended. */
    public static final Offer CLOSED_LOOP = ofConnections(0);

    /** Connections alone. */
    public static Offer ofConnections(final long perSecond) {
        return new Offer(perSecond, OptionalLong.empty(), false, 0, Conversation.SERVER_CLOSES);
    }

    /** The same with spoofed SYNs besides; 0 for as many as possible. */
    public Offer withSpoofedSyns(final long perSecond) {
        return new Offer(connections, OptionalLong.of(perSecond), false, held, conversation);
    }

    /** The same with clients without state besides; 0 for a closed loop of them. */
    public Offer withClients(final long perSecond) {
        return new Offer(connections, OptionalLong.of(perSecond), true, held, conversation);
    }

    /** The same with connections that are for something else. */
    public Offer with(final Conversation each) {
        return new Offer(connections, syns, answered, held, each);
    }

    /** The same beside connections that are held. */
    public Offer withHeld(final int number) {
        return new Offer(connections, syns, answered, number, conversation);
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

    /** Most connections that the server has to have room for. */
    int mostAtServer(final int concurrency) {
        // clients without state lose what the server goes on to hold, until it has repeated itself in vain
        return 2 * mostUnderWay(concurrency) + held + (hasClients() ? (int) PLENTY : 0);
    }

    /** Whether connections begin by the clock. */
    public boolean isOpenLoop() {
        return hasClients() ? syns.getAsLong() > 0 : connections > 0;
    }

    /** Whether spoofed SYNs come besides. */
    public boolean isFlood() {
        return syns.isPresent() && !answered;
    }

    /** Whether clients without state come besides. */
    public boolean hasClients() {
        return syns.isPresent() && answered;
    }
}
