package io.millrace.cli;

import io.millrace.cli.workload.WorkloadFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/**
 * Which workload a command line of {@code millrace bench} means: the one it names, else that of its {@code --workload FILE},
 * else rate. Its command then has the file's values as defaults. Stateless.
 */
final class WorkloadChoice {
    /** The workloads, by the names of their commands. */
    static final List<String> NAMES = List.of("rate", "flood", "hold", "time-wait", "overload", "stream", "io");

    private static final String BENCH = "bench";
    private static final String USUAL = "rate";
    private static final String FILE_OPTION = "--workload";

    private WorkloadChoice() {}

    /**
     * Takes the choice.
     *
     * @param root the program's command line.
     * @param arguments as typed.
     * @return the same with the workload's name in it.
     * @throws BadInputException if the file is no good; a line for each reason.
     */
    static String[] apply(final CommandLine root, final String... arguments) {
        final int bench = Arrays.asList(arguments).indexOf(BENCH);
        if (bench < 0 || Arrays.stream(arguments).limit(bench).anyMatch(argument -> !argument.startsWith("-"))) {
            return arguments;
        }
        final List<String> rest = Arrays.asList(arguments).subList(bench + 1, arguments.length);
        final boolean named = !rest.isEmpty() && NAMES.contains(rest.getFirst());
        final boolean other = !rest.isEmpty() && !rest.getFirst().startsWith("-");
        if (!named && (other || asksForHelp(rest))) {
            return arguments;
        }
        final Optional<WorkloadFile> file = file(rest);
        final String name =
                named ? rest.getFirst() : file.map(WorkloadFile::name).orElse(USUAL);
        file.filter(own -> !own.name().equals(name)).ifPresent(own -> {
            throw new BadInputException(
                    "%s is a workload %s: type millrace bench %s".formatted(FILE_OPTION, own.name(), own.name()), null);
        });
        final CommandLine command =
                root.getSubcommands().get(BENCH).getSubcommands().get(name);
        final WorkloadFile values = file.orElseGet(() -> WorkloadFile.packaged(name));
        final List<String> errors = values.check(command.getCommandSpec());
        if (!errors.isEmpty()) {
            throw new BadInputException(String.join("\n", errors), null);
        }
        command.setDefaultValueProvider(values);
        return named ? arguments : inserted(arguments, bench + 1, name);
    }

    private static boolean asksForHelp(final List<String> rest) {
        return rest.stream().anyMatch(List.of("-h", "--help", "-V", "--version")::contains);
    }

    private static Optional<WorkloadFile> file(final List<String> rest) {
        for (int i = 0; i < rest.size(); i++) {
            final String argument = rest.get(i);
            if (argument.startsWith(FILE_OPTION + "=")) {
                return Optional.of(read(argument.substring(FILE_OPTION.length() + 1)));
            }
            if (argument.equals(FILE_OPTION) && i + 1 < rest.size()) {
                return Optional.of(read(rest.get(i + 1)));
            }
        }
        return Optional.empty();
    }

    private static WorkloadFile read(final String file) {
        try {
            return WorkloadFile.read(Path.of(file), NAMES);
        } catch (final IllegalArgumentException e) {
            throw new BadInputException(FILE_OPTION + " " + e.getMessage(), e);
        }
    }

    private static String[] inserted(final String[] arguments, final int at, final String name) {
        final List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.add(at, name);
        return all.toArray(String[]::new);
    }
}
