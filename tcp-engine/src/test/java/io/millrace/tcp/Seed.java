package io.millrace.tcp;

import java.util.SplittableRandom;

/** The seed of a random test: printed, so that a failure can be run again with {@code -Dmillrace.seed=…}. */
public final class Seed {
    private Seed() {}

    /** A generator for the test that calls. */
    public static SplittableRandom random() {
        final long seed = Long.getLong("millrace.seed", System.nanoTime());
        final String caller = StackWalker.getInstance()
                .walk(frames -> frames.skip(1)
                        .findFirst()
                        .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                        .orElseThrow());
        System.out.println(caller + ": -Dmillrace.seed=" + seed);
        return new SplittableRandom(seed);
    }
}
