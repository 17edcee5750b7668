package io.millrace.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** More flags for the JVMs of a benchmark. */
final class JvmFlagOption {
    @Option(
            names = "--jvm-flag",
            paramLabel = "FLAG",
            description = "One more flag for both child JVMs, such as --jvm-flag=-XX:+PrintCompilation; repeatable.")
    private List<String> flags = new ArrayList<>();

    List<String> flags() {
        return List.copyOf(flags);
    }
}
