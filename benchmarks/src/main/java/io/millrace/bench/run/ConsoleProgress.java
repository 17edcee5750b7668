package io.millrace.bench.run;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * Tells a person how a run goes: phases, then one line of the {@link LiveTable} a second. On a terminal phases and warm-up
 * seconds overwrite each other; elsewhere each is a line.
 */
public final class ConsoleProgress implements Progress {
    private static final int HEAD_EVERY = 20;
    private static final String ERASE_LINE = "\r\u001b[K";
    /** A line longer than the terminal is wide would go on in the next, which could not be erased. */
    private static final String CUT = "\u001b[?7l";

    private static final String WRAP = "\u001b[?7h";

    private final PrintStream out;
    private final LiveTable table;
    private final boolean terminal;
    private final UnaryOperator<String> ink;
    private String phase = "";
    private int rows;
    private boolean overwritable;

    /**
     * Prints to {@code out}.
     *
     * @param table the columns of the lines.
     * @param terminal whether lines may be overwritten.
     * @param ink makes a text stand out as an error; hands it back as it is where there are no colours.
     */
    public ConsoleProgress(
            final PrintStream out, final LiveTable table, final boolean terminal, final UnaryOperator<String> ink) {
        this.out = out;
        this.table = table;
        this.terminal = terminal;
        this.ink = ink;
    }

    @Override
    public void run(final int number, final int of, final String name) {
        lasting("run " + number + " of " + of + (name.isEmpty() ? "" : ": " + name));
        rows = 0;
    }

    @Override
    public void reference(final String label) {
        lasting("reference: " + label);
        rows = 0;
    }

    @Override
    public void profile() {
        lasting("profile: one more run, sampled");
        rows = 0;
    }

    @Override
    public void phase(final String what) {
        phase = what;
        passing(what + " ...");
    }

    @Override
    public void waiting(final long seconds) {
        if (terminal) {
            passing(phase + " ... " + seconds + " s");
        }
    }

    @Override
    public void ready(final Moment ready) {
        lasting(facts("server", ready.server()));
        lasting(facts(table.other(), ready.generator()));
    }

    private static String facts(final String name, final NodeReport ready) {
        return "%-10s ".formatted(name + ":") + String.join(", ", ready.facts().values());
    }

    @Override
    public void warmUp(
            final double elapsedSeconds,
            final Duration limit,
            final boolean settled,
            final Moment before,
            final Moment now) {
        head();
        passing(table.row(elapsedSeconds, before, now, ink) + "  warm-up"
                + (terminal ? " of at most " + limit.toSeconds() + " s" + (settled ? ", settled" : "") : ""));
        rows++;
    }

    @Override
    public void second(final double elapsedSeconds, final Moment before, final Moment now) {
        head();
        lasting(table.row(elapsedSeconds, before, now, ink));
        rows++;
    }

    private void head() {
        if (rows % HEAD_EVERY == 0) {
            lasting(table.head());
        }
    }

    /** A line that the next one may replace. */
    private void passing(final String text) {
        clear();
        if (terminal) {
            out.print(CUT + text + WRAP);
            overwritable = true;
        } else {
            out.println(text);
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
