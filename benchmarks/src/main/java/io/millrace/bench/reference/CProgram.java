package io.millrace.bench.reference;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program in C, built here and now, so that it is made for this CPU and this DPDK. One thread; control path.
 *
 * @param file the program, or null when it could not be built.
 * @param compiler what built it, in its own words, or why there is none: one line.
 */
public record CProgram(Path file, String compiler) {
    private static final List<String> HEADERS = List.of("node.h", "port.h");

    /** Whether it could be built. */
    public boolean isThere() {
        return file != null;
    }

    private static CProgram missing(final String reason) {
        return new CProgram(null, reason);
    }

    /** Builds one of this room's, which speaks for itself or over DPDK. Deleted when this process ends. */
    static CProgram build(final String name, final boolean dpdk) throws IOException, InterruptedException {
        final Path folder = Files.createTempDirectory("millrace-c");
        deleteAtExit(folder);
        for (final String header : HEADERS) {
            copy(CProgram.class, header, folder);
        }
        return build(CProgram.class, name, dpdk, folder);
    }

    /** Builds what stands beside a class, {@code name.c}. Deleted when this process ends. */
    public static CProgram buildBeside(final Class<?> owner, final String name)
            throws IOException, InterruptedException {
        final Path folder = Files.createTempDirectory("millrace-c");
        deleteAtExit(folder);
        return build(owner, name, true, folder);
    }

    private static CProgram build(final Class<?> owner, final String name, final boolean dpdk, final Path folder)
            throws IOException, InterruptedException {
        final Answer version = run(List.of("gcc", "--version"));
        if (version.exitCode != 0) {
            return missing("gcc is missing (Debian, Ubuntu: apt-get install gcc libc6-dev)");
        }
        final Answer cflags = dpdk ? run(List.of("pkg-config", "--cflags", "libdpdk")) : Answer.NOTHING;
        final Answer libs = dpdk ? run(List.of("pkg-config", "--libs", "libdpdk")) : Answer.NOTHING;
        if (cflags.exitCode != 0 || libs.exitCode != 0) {
            return missing("pkg-config finds no libdpdk (Debian, Ubuntu: apt-get install pkg-config libdpdk-dev)");
        }
        final Path source = copy(owner, name + ".c", folder);
        final Path program = folder.resolve(name);
        program.toFile().deleteOnExit();
        final List<String> command = new ArrayList<>(List.of("gcc", "-O3", "-pthread"));
        command.addAll(cflags.words());
        command.add("-march=native"); // behind DPDK's own, which says the least CPU it runs on: the last one wins
        command.addAll(List.of("-o", program.toString(), source.toString()));
        command.addAll(libs.words());
        final Answer built = run(command);
        if (built.exitCode != 0) {
            return missing("gcc can't build " + name + ".c: " + built.firstError());
        }
        return new CProgram(program, version.firstLine());
    }

    /** Also when an interrupt ends this process: in reverse order, so the folder is empty when its turn comes. */
    private static void deleteAtExit(final Path path) {
        final File file = path.toFile();
        file.deleteOnExit();
    }

    private static Path copy(final Class<?> owner, final String name, final Path folder) throws IOException {
        final Path copy = folder.resolve(name);
        try (InputStream text = owner.getResourceAsStream(name)) {
            Files.copy(text, copy);
        }
        deleteAtExit(copy);
        return copy;
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
        private static final Answer NOTHING = new Answer(0, "");

        private String firstLine() {
            return output.lines().findFirst().orElse("no word");
        }

        private String firstError() {
            return output.lines()
                    .filter(line -> line.contains("error"))
                    .findFirst()
                    .orElse(firstLine());
        }

        private List<String> words() {
            return output.isBlank() ? List.of() : List.of(output.strip().split("\\s+"));
        }
    }
}
