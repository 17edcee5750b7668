package io.millrace.bench.run;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Asks both nodes of a run for their figures, once a second for as long as a stretch of it lasts. One thread, which waits in
 * it; the latch ends a stretch early, and is for any other.
 */
public final class Watch {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final long SECOND = 1_000_000_000L;

    private final ChildNode server;
    private final ChildNode generator;
    private final CountDownLatch interrupted;

    /** Over two nodes that are ready. */
    public Watch(final ChildNode server, final ChildNode generator, final CountDownLatch interrupted) {
        this.server = server;
        this.generator = generator;
        this.interrupted = interrupted;
    }

    /**
     * Sends both a command.
     *
     * @throws NodeFailedException if one of them does not answer.
     */
    public Moment ask(final String command) throws InterruptedException {
        return ChildNode.ask(server, generator, command, ANSWER_LIMIT);
    }

    /** Tells the listener of each second until the time is over, the run is interrupted or a node fails. */
    public void watch(final Duration time, final Series series, final Consumer<Second> listener)
            throws InterruptedException {
        final long start = System.nanoTime();
        final long length = time.toNanos();
        boolean over = length == 0;
        for (long end = Math.min(SECOND, length); !over; end = Math.min(end + SECOND, length)) {
            over = interrupted.await(start + end - System.nanoTime(), TimeUnit.NANOSECONDS) || end == length;
            try {
                final Moment before = series.last();
                series.add(ask(NodeCommand.SAMPLE));
                listener.accept(new Second(series.seconds(), before, series.last()));
            } catch (final NodeFailedException e) {
                series.fail(e.getMessage());
                over = true;
            }
        }
    }

    /**
     * Lets the load run before anything counts; whether its figure has settled.
     *
     * @param least how long.
     * @param settle how much longer, at most, until it has settled.
     * @param meter tells {@code steady} the figure of a second.
     */
    public boolean warmUp(
            final Duration least,
            final Duration settle,
            final Series warmUp,
            final SteadyState steady,
            final Progress progress,
            final Consumer<Second> meter)
            throws InterruptedException {
        final Consumer<Second> listener = second -> {
            meter.accept(second);
            progress.warmUp(second.elapsed(), least.plus(settle), steady.reached(), second.before(), second.now());
        };
        watch(least, warmUp, listener);
        for (long left = settle.toSeconds();
                left > 0 && !steady.reached() && warmUp.failure().isEmpty() && interrupted.getCount() > 0;
                left--) {
            watch(Duration.ofSeconds(1), warmUp, listener);
        }
        return steady.reached();
    }
}
