package io.millrace.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A child process")
class ChildNodeTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SAMPLE = "{\"event\":\"sample\",\"nanos\":5,\"counters\":{\"DUTY_CYCLES\":7}}";

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @Test
    void shouldAnswerEachCommandByAReport() throws IOException, InterruptedException {
        try (ChildNode node = start("while read -r line; do echo '" + SAMPLE + "'; done")) {
            node.send(NodeCommand.SAMPLE);
            node.send(NodeCommand.SAMPLE);

            assertThat(node.await(LIMIT).nanos()).isEqualTo(5);
            assertThat(node.await(LIMIT).counters()).containsEntry("DUTY_CYCLES", 7L);
        }
    }

    @Test
    void shouldPassOnWhatIsNoReport() throws IOException, InterruptedException {
        try (ChildNode node = start("echo a warning; echo '" + SAMPLE + "'; cat > /dev/null")) {
            assertThat(node.await(LIMIT).event()).isEqualTo(NodeReport.SAMPLE);
        }
        assertThat(log.toString(StandardCharsets.UTF_8)).isEqualTo("server: a warning\n");
    }

    @Test
    void shouldBeReportedDeadWithItsExitCode() throws IOException {
        try (ChildNode node = start("exit 134")) {
            assertThatExceptionOfType(NodeFailedException.class)
                    .isThrownBy(() -> node.await(LIMIT))
                    .withMessage("the server process died (exit code 134)")
                    .satisfies(e -> assertThat(e.causes()).isEmpty());
        }
    }

    @Test
    void shouldSayWhyItCouldNotStart() throws IOException {
        final String error =
                NodeReport.error(List.of("no huge pages: reserve some")).toLine();
        try (ChildNode node = start("echo '" + error + "'; exit 2")) {
            assertThatExceptionOfType(NodeFailedException.class)
                    .isThrownBy(() -> node.await(LIMIT))
                    .satisfies(e -> assertThat(e.causes()).containsExactly("no huge pages: reserve some"));
        }
    }

    @Test
    void shouldBeReportedSilent() throws IOException {
        try (ChildNode node = start("cat > /dev/null")) {
            assertThatExceptionOfType(NodeFailedException.class)
                    .isThrownBy(() -> node.await(Duration.ofMillis(50)))
                    .withMessageContaining("has not answered");
        }
    }

    @Test
    void shouldEndWhenItsInputEnds() throws IOException {
        final ChildNode node = start("cat > /dev/null");
        node.close();

        assertThat(node.isAlive()).isFalse();
    }

    private ChildNode start(final String script) throws IOException {
        return ChildNode.start(
                "server", List.of("/bin/sh", "-c", script), new PrintStream(log, true, StandardCharsets.UTF_8));
    }
}
