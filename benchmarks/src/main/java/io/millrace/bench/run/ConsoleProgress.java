package io.millrace.bench.run;

import java.io.PrintStream;

/**
 * Tells a person how a run goes: phases, then one line of the {@link LiveTable} a second. On a terminal phases and warm-up
 * seconds overwrite each other; elsewhere each is a line.
 */
public final class ConsoleProgress implements Progress {
    private static final int HEAD_EVERY = 20;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean terminal;
    private int rows;
    private boolean overwritable;

    /** Prints to {@code out}; {@code terminal} tells whether lines may be overwritten. */
    public ConsoleProgress(final PrintStream out, final boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public void phase(final String what) {
        passing(what + " ...");
    }

    @Override
    public void ready(final Moment ready) {
        lasting("server:    " + String.join(", ", ready.server().facts().values()));
        lasting("generator: " + String.join(", ", ready.generator().facts().values()));
    }

    @Override
    public void second(final double elapsedSeconds, final Moment before, final Moment now, final boolean warmUp) {
        final String row = LiveTable.row(elapsedSeconds, before, now);
        if (warmUp) {
            head();
            passing(row + "  warm-up");
        } else {
            head();
            lasting(row);
        }
        rows++;
    }

    private void head() {
        if (rows % HEAD_EVERY == 0) {
            lasting(LiveTable.head());
        }
    }

    /** A line that the next one may replace. */
    private void passing(final String text) {
        clear();
        out.print(text);
        if (terminal) {
            overwritable = true;
        } else {
            out.println();
        }
        out.flush();
    }

    private void lasting(final String text) {
        clear();
        out.println(text);
    }

    private void clear() {
        if (overwritable) {
            out.print(ERASE_LINE);
            overwritable = false;
        }
    }
}
