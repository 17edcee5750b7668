package io.millrace.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code millrace jmh}: runs the micro-benchmarks; all that follows goes to JMH's own command line. */
@Command(
        name = "jmh",
        description = "Run the micro-benchmarks. All options are JMH's own; -h lists them.",
        mixinStandardHelpOptions = false)
final class JmhCommand implements Callable<Integer> {
    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
        return Millrace.OK;
    }
}
