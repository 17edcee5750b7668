package io.millrace.bench.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The same loop in C, built here and now, so that it is made for this CPU and this DPDK. One thread; control path.
 *
 * @param program the program, or null when it could not be built.
 * @param compiler what built it, in its own words, or why there is none: one line.
 */
record CLoop(Path program, String compiler) {
    private static final String SOURCE = "loop.c";

    boolean isThere() {
        return program != null;
    }

    private static CLoop missing(final String reason) {
        return new CLoop(null, reason);
    }

    /** Builds it in a folder, where it stays. */
    static CLoop build(final Path folder) throws IOException, InterruptedException {
        final Answer version = run(List.of("gcc", "--version"));
        if (version.exitCode != 0) {
            return missing("gcc is missing (Debian, Ubuntu: apt-get install gcc)");
        }
        final Answer cflags = run(List.of("pkg-config", "--cflags", "libdpdk"));
        final Answer libs = run(List.of("pkg-config", "--libs", "libdpdk"));
        if (cflags.exitCode != 0 || libs.exitCode != 0) {
            return missing("pkg-config finds no libdpdk (Debian, Ubuntu: apt-get install pkg-config libdpdk-dev)");
        }
        final Path source = folder.resolve(SOURCE);
        try (InputStream text = CLoop.class.getResourceAsStream(SOURCE)) {
            Files.copy(text, source);
        }
        final Path program = folder.resolve("loop");
        final List<String> command = new ArrayList<>(List.of("gcc", "-O3"));
        command.addAll(cflags.words());
        command.add("-march=native"); // behind DPDK's own, which says the least CPU it runs on: the last one wins
        command.addAll(List.of("-o", program.toString(), source.toString()));
        command.addAll(libs.words());
        final Answer built = run(command);
        if (built.exitCode != 0) {
            return missing("gcc can't build the loop: " + built.firstLine());
        }
        return new CLoop(program, version.firstLine());
    }

    /** The command that measures once. */
    List<String> command(final IoPlan plan) {
        final List<String> command = new ArrayList<>(List.of(
                program.toString(),
                plan.link().loop().name(),
                String.valueOf(plan.cpu()),
                String.valueOf(plan.burst()),
                String.valueOf(plan.framesUnderWay()),
                String.valueOf(IoPlan.FRAME_BYTES),
                String.valueOf(plan.warmUpMillis()),
                String.valueOf(plan.measureMillis())));
        final String prefix = "millrace-io-" + ProcessHandle.current().pid();
        command.addAll(IoNode.ealOptions(plan, prefix).arguments());
        return command;
    }

    private static Answer run(final List<String> command) throws IOException, InterruptedException {
        final Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (final IOException e) {
            return new Answer(127, String.valueOf(e.getMessage())); // no such program
        }
        process.getOutputStream().close();
        final String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Answer(process.waitFor(), output);
    }

    /** How a program ended, and what it said. */
    private record Answer(int exitCode, String output) {
        private String firstLine() {
            return output.lines().findFirst().orElse("no word");
        }

        private List<String> words() {
            return List.of(output.strip().split("\\s+"));
        }
    }
}
