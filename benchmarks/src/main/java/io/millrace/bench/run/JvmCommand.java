package io.millrace.bench.run;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How to start another JVM that runs the same program as this one, with the same flags. */
public final class JvmCommand {
    /**
     * What a node's JVM has beyond this one's flags: a small heap, faulted in before anything polls, and most of it for
     * what lives a moment: the reports of minutes fit in before a collection stops the polling threads.
     */
    private static final List<String> NODE_FLAGS =
            List.of("-Xms96m", "-Xmx96m", "-Xmn72m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC");

    private static final String MAIN = "io.millrace.cli.Millrace";

    private JvmCommand() {}

    /**
     * The command of a child that an interrupt from the terminal does not reach: the shell ignores it, and the JVM
     * inherits that, so the child lives to tell its last figures.
     */
    public static List<String> node(final List<String> extraFlags, final List<String> arguments) {
        final List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "millrace"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags(extraFlags));
        command.addAll(program());
        command.addAll(arguments);
        return command;
    }

    /** The flags of a node's JVM: later ones win. */
    static List<String> flags(final List<String> extraFlags) {
        final List<String> flags =
                new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
        // an agent of this process, such as a debugger, would fight its child for the port or the file
        flags.removeIf(flag -> flag.startsWith("-agentlib") || flag.startsWith("-javaagent"));
        flags.addAll(NODE_FLAGS);
        flags.addAll(Safepoints.FLAGS);
        flags.addAll(extraFlags);
        return flags;
    }

    private static List<String> program() {
        final String path = System.getProperty("java.class.path");
        return path.endsWith(".jar") && Files.isRegularFile(Path.of(path))
                ? List.of("-jar", path)
                : List.of("-cp", path, MAIN);
    }
}
