package io.millrace.bench.run;

import io.millrace.dataplane.counters.Counter;
import java.util.ArrayList;
import java.util.List;

/**
 * How long TIME_WAIT entries were held, from nothing but how many had entered and how many had left at each moment: the n-th to
 * leave is the n-th that entered, as all are held for the same time. Immutable.
 *
 * @param least the shortest time seen, s.
 * @param most the longest.
 * @param leftPerSecond entries that left, over the moments at which any did.
 */
public record TimeWaitHeld(double least, double most, double leftPerSecond) {
    /**
     * Of a run; over those moments of the measured time that are more than 2 MSL after its beginning, as before that none of
     * its own entries can have left.
     *
     * @param timeWaitSeconds 2 MSL.
     * @return null where there is no such moment.
     */
    static TimeWaitHeld of(final Series warmUp, final Series measured, final int timeWaitSeconds) {
        final List<Moment> all = new ArrayList<>(warmUp.moments());
        all.addAll(measured.moments());
        double least = Double.MAX_VALUE;
        double most = 0;
        for (final Moment moment : measured.moments()) {
            // what had entered before the first moment may have done so at any time
            final boolean own = expired(moment) > entered(all.getFirst());
            if (own && seconds(moment) - seconds(all.getFirst()) > timeWaitSeconds) {
                final double held = seconds(moment) - enteredAt(all, expired(moment));
                least = Math.min(least, held);
                most = Math.max(most, held);
            }
        }
        final double left = expired(measured.last()) - expired(measured.first());
        return most == 0 ? null : new TimeWaitHeld(least, most, left / measured.seconds());
    }

    /** When so many had entered, s: between two moments evenly. */
    private static double enteredAt(final List<Moment> all, final long count) {
        int i = 1;
        while (i < all.size() - 1 && entered(all.get(i)) < count) {
            i++;
        }
        final Moment before = all.get(i - 1);
        final Moment after = all.get(i);
        final double between = entered(after) - entered(before);
        final double share = between == 0 ? 0 : (count - entered(before)) / between;
        return seconds(before) + share * (seconds(after) - seconds(before));
    }

    private static double seconds(final Moment moment) {
        return moment.server().nanos() / 1e9;
    }

    private static long entered(final Moment moment) {
        return moment.server().counter(Counter.TIME_WAIT_ENTERED);
    }

    private static long expired(final Moment moment) {
        return moment.server().counter(Counter.TIME_WAIT_EXPIRED);
    }
}
