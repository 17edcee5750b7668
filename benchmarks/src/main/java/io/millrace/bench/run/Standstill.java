package io.millrace.bench.run;

/** Tells when a count that should grow has not done so for too long. One thread. */
final class Standstill {
    private final double patienceSeconds;
    private long most = -1;
    private double grewAt;

    /** Of a count that may stand still for less than this. */
    Standstill(final double patienceSeconds) {
        this.patienceSeconds = patienceSeconds;
    }

    /**
     * Whether it has stood still for too long.
     *
     * @param count what it is now.
     * @param seconds when that is, on the clock of the calls before.
     */
    boolean reached(final long count, final double seconds) {
        if (count > most) {
            most = count;
            grewAt = seconds;
        }
        return seconds - grewAt >= patienceSeconds;
    }
}
