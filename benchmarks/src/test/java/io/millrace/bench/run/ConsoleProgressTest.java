package io.millrace.bench.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The progress of a run, on a console")
class ConsoleProgressTest {
    private static final String ESCAPE = "\u001b";

    private final BenchResult run = SyntheticRun.of(1_234_567, 1_234_567);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private ConsoleProgress console(final boolean terminal) {
        return new ConsoleProgress(
                new PrintStream(bytes, true, UTF_8), LiveTable.of(Offer.CLOSED_LOOP), terminal, text -> "RED" + text);
    }

    private void tell(final ConsoleProgress progress) {
        final List<Moment> moments = run.measured().moments();
        progress.run(1, 2, "");
        progress.phase("starting the server");
        progress.waiting(3);
        progress.ready(run.ready());
        progress.warmUp(1, Duration.ofSeconds(28), true, moments.get(0), moments.get(1));
        progress.second(1, moments.get(1), moments.get(2));
    }

    @Test
    void shouldBePlainLinesWhereItIsNoTerminal() {
        tell(console(false));

        final List<String> lines = bytes.toString(UTF_8).lines().toList();
        assertThat(bytes.toString(UTF_8))
                .doesNotContain(ESCAPE)
                .doesNotContain("\r")
                .doesNotContain("RED");
        assertThat(lines).startsWith("run 1 of 2", "starting the server ...", "server:    DPDK 22.11.7");
        assertThat(lines.get(6)).contains("1,234,567").endsWith("  warm-up");
        assertThat(lines.get(7)).startsWith("     1 ").contains("1,234,567");
        assertThat(lines).hasSize(8);
    }

    @Test
    void shouldOverwriteOnATerminalWhatDoesNotLast() {
        tell(console(true));

        final String text = bytes.toString(UTF_8);
        assertThat(text).contains("starting the server ... 3 s").contains("warm-up of at most 28 s, settled");
        // what a terminal shows in the end: of each line, what comes after its last erasure
        final List<String> shown = Arrays.stream(text.split("\n"))
                .map(line -> line.substring(line.lastIndexOf(ESCAPE + "[K") + 1).replaceFirst("^\\[K", ""))
                .toList();
        assertThat(shown)
                .startsWith("run 1 of 2", "server:    DPDK 22.11.7")
                .noneMatch(line -> line.contains("warm-up"));
        assertThat(shown.getLast()).startsWith("     1 ").contains("1,234,567");
        assertThat(text.split(ESCAPE + "\\[\\?7l", -1))
                .as("lines are cut only while they may be overwritten")
                .hasSameSizeAs(text.split(ESCAPE + "\\[\\?7h", -1));
    }
}
