package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.cli.workload.WorkloadFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

@DisplayName("The workload of a command line")
class WorkloadChoiceTest {
    @TempDir
    private Path folder;

    private final CommandLine line = new CommandLine(new Millrace());

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    bench                        | bench rate
                    bench --duration 3s          | bench rate --duration 3s
                    --debug bench --duration 3s  | --debug bench rate --duration 3s
                    bench flood --rate 3         | bench flood --rate 3
                    bench compare a b            | bench compare a b
                    bench --help                 | bench --help
                    bench nonsense               | bench nonsense
                    jmh bench                    | jmh bench
                    """)
    void shouldBeTheOneThatIsNamedOrRate(final String typed, final String meant) {
        assertThat(WorkloadChoice.apply(line, typed.split(" "))).containsExactly(meant.split(" "));
    }

    @Test
    void shouldBeTheFilesWhereNoneIsNamed() throws IOException {
        final Path file = file("workload = flood\nflood-rate = 2M");

        assertThat(WorkloadChoice.apply(line, "bench", "--workload", file.toString()))
                .containsExactly("bench", "flood", "--workload", file.toString());
    }

    @Test
    void shouldHaveItsValuesUnlessTheCommandLineSaysOtherwise() throws IOException {
        final Path file = file("workload = flood\nflood-rate = 2M\nrate = 1_000 // few\nsources = 1009");

        final CommandLine flood = parse("bench", "--workload=" + file, "--rate", "5k");

        assertThat(Stream.of("--flood-rate", "--rate", "--sources", "--settle")
                        .map(name -> Objects.toString(
                                flood.getCommandSpec().findOption(name).getValue())))
                .containsExactly("2000000", "5000", "1009", "PT20S");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    rate = 3                          | must say which workload it is: workload = one of rate, flood
                    workload = chess                  | must say which workload it is: workload = one of rate, flood
                    workload = rate, speed = 3        | mine.conf:1: 'speed' is no value of the workload rate; choose from address, arrangement, close-by
                    workload = rate, rate = fast      | mine.conf:1: rate: 'fast' is not a rate; write such as 10000, 500k or 1.5M
                    workload = rate, rate { a = 1 }   | mine.conf:1: rate has parts; give a single value
                    workload = rate, no-huge = maybe  | mine.conf:1: no-huge: 'maybe' is neither true nor false
                    workload = rate, shards = [1, x]  | mine.conf:1: shards: 'x' is not a count
                    workload = time-wait, beside-empty = 3 | mine.conf:1: beside-empty: '3' is neither true nor false
                    workload = rate, rate = [         | mine.conf: 1:
                    """)
    void shouldRefuseAFileInOneLineThatNamesIt(final String text, final String message) throws IOException {
        final Path file = file(text);

        assertThatExceptionOfType(BadInputException.class)
                .isThrownBy(() -> WorkloadChoice.apply(line, "bench", "--workload", file.toString()))
                .withMessageContaining(file.toString())
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }

    @Test
    void shouldRefuseAFileOfAnotherWorkloadThanIsNamed() throws IOException {
        final Path file = file("workload = flood");

        assertThatExceptionOfType(BadInputException.class)
                .isThrownBy(() -> WorkloadChoice.apply(line, "bench", "rate", "--workload", file.toString()))
                .withMessage("--workload is a workload flood: type millrace bench flood");
    }

    private static Stream<String> workloads() {
        return WorkloadChoice.NAMES.stream();
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void shouldFindEveryPackagedFileGoodAndWhereTheReadmeSaysItIs(final String name) {
        final CommandLine command = parse("bench", name);

        assertThat(WorkloadFile.packaged(name).check(command.getCommandSpec())).isEmpty();
        assertThat(Path.of("workloads", name + ".conf")).isRegularFile();
        assertThat(command.getCommandSpec().userObject()).isInstanceOf(Checked.class);
    }

    @Test
    void shouldHaveAFileForEachWorkloadAndNoOther() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("workloads"))) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            workloads().map(name -> name + ".conf").toList());
        }
    }

    private CommandLine parse(final String... arguments) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        CommandLine.ParseResult result = line.parseArgs(WorkloadChoice.apply(line, arguments));
        while (result.hasSubcommand()) {
            result = result.subcommand();
        }
        assertThat(result.errors()).as(Arrays.toString(arguments)).isEmpty();
        return result.commandSpec().commandLine();
    }

    private Path file(final String text) throws IOException {
        return Files.writeString(folder.resolve("mine.conf"), text);
    }
}
