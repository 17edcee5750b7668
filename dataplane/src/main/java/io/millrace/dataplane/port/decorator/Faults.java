package io.millrace.dataplane.port.decorator;

/**
 * What is wrong with one direction of a cable. Chances are from 0 to 1, for each frame; times in nanoseconds. For
 * configuration; immutable.
 *
 * @param loss chance that a frame is lost
 * @param burstEnter chance that a burst of loss begins with a frame (Gilbert-Elliott: from good to bad); within a burst
 *     every frame is lost
 * @param burstLeave chance that a burst ends with a frame (from bad to good): its mean length is 1 / this
 * @param duplicate chance that a frame comes twice
 * @param corrupt chance that one bit of an IP packet is turned over; other frames have no checksum that would tell
 * @param reorder chance that a frame is held back for up to {@code reorderBy}, so that later ones overtake it
 * @param reorderBy the longest a reordered frame is held back
 * @param delay time on the way
 * @param jitter by which the delay varies, evenly to both sides, for each frame by itself: frames may overtake each other
 * @param bytesPerSecond the line's rate; 0 for no limit
 * @param queueBytes what may wait for the line; what comes when so much waits is dropped
 */
public record Faults(
        double loss,
        double burstEnter,
        double burstLeave,
        double duplicate,
        double corrupt,
        double reorder,
        long reorderBy,
        long delay,
        long jitter,
        long bytesPerSecond,
        long queueBytes) {
    /** A good cable. */
    public static final Faults NONE = builder().build();

    /** Checks the ranges. */
    public Faults {
        chance("loss", loss);
        chance("burst's beginning", burstEnter);
        chance("burst's end", burstLeave);
        chance("duplication", duplicate);
        chance("corruption", corrupt);
        chance("reordering", reorder);
        if (burstLeave == 0) {
            throw new IllegalArgumentException("chance 0 of a burst's end: give more, or no frame ever comes again");
        }
        atLeast("reordered frames' delay", reorderBy, 0);
        atLeast("delay", delay, 0);
        atLeast("jitter", jitter, 0);
        atLeast("rate", bytesPerSecond, 0);
        atLeast("queue", queueBytes, 1);
        if (jitter > delay) {
            throw new IllegalArgumentException("jitter of " + jitter + " ns exceeds the delay of " + delay
                    + " ns: no frame comes before it is sent");
        }
    }

    private static void chance(final String what, final double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("chance of " + what + " " + value + ": must be 0 to 1");
        }
    }

    private static void atLeast(final String what, final long value, final long least) {
        if (value < least) {
            throw new IllegalArgumentException(what + " " + value + ": must be at least " + least);
        }
    }

    /** Begins with a good cable. */
    public static Builder builder() {
        return new Builder();
    }

    /** Settings of a bad cable; what each means is said at {@link Faults}. */
    public static final class Builder {
        private double loss;
        private double burstEnter;
        private double burstLeave = 1;
        private double duplicate;
        private double corrupt;
        private double reorder;
        private long reorderBy = 1_000_000;
        private long delay;
        private long jitter;
        private long bytesPerSecond;
        private long queueBytes = 256 << 10;

        private Builder() {}

        /** Chance that a frame is lost. */
        public Builder loss(final double chance) {
            loss = chance;
            return this;
        }

        /** Chance that a frame comes twice. */
        public Builder duplicate(final double chance) {
            duplicate = chance;
            return this;
        }

        /** Chance that a bit is turned over. */
        public Builder corrupt(final double chance) {
            corrupt = chance;
            return this;
        }

        /** Chances that a burst of loss begins, and that it ends, with a frame. */
        public Builder burstLoss(final double enter, final double leave) {
            burstEnter = enter;
            burstLeave = leave;
            return this;
        }

        /** Chance that a frame is held back, and for how long at most. */
        public Builder reorder(final double chance, final long by) {
            reorder = chance;
            reorderBy = by;
            return this;
        }

        /** Time on the way, and by how much it varies. */
        public Builder delay(final long time, final long variation) {
            delay = time;
            jitter = variation;
            return this;
        }

        /** The line's rate, 0 for no limit, and how much may wait for it. */
        public Builder rate(final long bytesEachSecond, final long bytesWaiting) {
            bytesPerSecond = bytesEachSecond;
            queueBytes = bytesWaiting;
            return this;
        }

        /** Checks them. */
        public Faults build() {
            return new Faults(
                    loss,
                    burstEnter,
                    burstLeave,
                    duplicate,
                    corrupt,
                    reorder,
                    reorderBy,
                    delay,
                    jitter,
                    bytesPerSecond,
                    queueBytes);
        }
    }
}
