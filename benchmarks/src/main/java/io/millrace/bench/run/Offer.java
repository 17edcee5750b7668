package io.millrace.bench.run;

/**
 * What the generator offers the server; immutable.
 *
 * @param connections that begin each second, whatever becomes of them; 0 for a closed loop, in which one begins when another
 *     has ended.
 */
public record Offer(long connections) {
    /** One begins when another has ended. */
    public static final Offer CLOSED_LOOP = new Offer(0);

    /** Whether connections begin by the clock. */
    public boolean isOpenLoop() {
        return connections > 0;
    }
}
