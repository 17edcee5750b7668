package io.millrace.linux.peer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.millrace.linux.HugePages;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of the tests, its output in a file. Ended by force when it is closed. */
final class Program implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 90;
    private static final long ENOUGH_HUGE_BYTES = 256L << 20;

    private final Process process;
    private final Path output;

    private Program(final Process process, final Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts a command. */
    static Program start(final List<String> command) throws IOException {
        final Path output = Files.createTempFile("millrace-peer", ".txt");
        return new Program(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start(),
                output);
    }

    /** The command that runs a class of ours, or of the tests, in another JVM. */
    static String[] java(final String main, final String... arguments) {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main));
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    /** True when DPDK can have its memory from huge pages here. */
    static boolean hugePages() {
        return HugePages.freeBytes() >= ENOUGH_HUGE_BYTES;
    }

    /** Gives the program its whole standard input. */
    Program feed(final String text) throws IOException {
        try (OutputStream in = process.getOutputStream()) {
            in.write(text.getBytes(ISO_8859_1));
        }
        return this;
    }

    /** Waits until it has printed a line. */
    Program awaitLine(final String line) throws IOException, InterruptedException {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (output().lines().noneMatch(line::equals)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError("it never printed '" + line + "': " + output());
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
        return this;
    }

    /** Tells it to end, as {@code kill} does. */
    Program terminate() {
        process.destroy();
        return this;
    }

    /** Waits for its end; its exit code. */
    int exitCode() throws IOException, InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no end after " + PATIENCE_SECONDS + " s: " + output());
        }
        return process.exitValue();
    }

    /** Waits for its end; what it printed. */
    String result() throws IOException, InterruptedException {
        exitCode();
        return output();
    }

    private String output() throws IOException {
        return Files.readString(output, ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.deleteIfExists(output);
    }
}
