package io.millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;

/** Whether a person reads what this process prints, and with colours. Stateless. */
final class Terminal {
    private static final Path STDOUT = Path.of("/proc/self/fd/1");
    private static final Path STDERR = Path.of("/proc/self/fd/2");

    private Terminal() {}

    /** Whether standard output is a terminal; each stream by itself, as either may go to a file. */
    static boolean onStdout() {
        return isTerminal(STDOUT);
    }

    /** The text in red, where standard output shows colours. */
    static String red(final String text) {
        return onStdout() && hasColors(System.getenv("NO_COLOR"), System.getenv("TERM"))
                ? Style.on(Style.fg_red) + text + Style.off(Style.fg_red)
                : text;
    }

    /** How errors are printed: red, where standard error shows colours; help has none, as it may go elsewhere. */
    static Help.ColorScheme errorColors() {
        final boolean colors = isTerminal(STDERR) && hasColors(System.getenv("NO_COLOR"), System.getenv("TERM"));
        return new Help.ColorScheme.Builder(colors ? Ansi.ON : Ansi.OFF)
                .errors(Style.fg_red)
                .build();
    }

    /** By the two variables that ask for plain text: {@code NO_COLOR} that is not empty, and a terminal that knows no more. */
    static boolean hasColors(final String noColor, final String term) {
        return (noColor == null || noColor.isEmpty()) && !"dumb".equals(term);
    }

    private static boolean isTerminal(final Path descriptor) {
        try {
            final String device = Files.readSymbolicLink(descriptor).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (final IOException e) {
            return false;
        }
    }
}
