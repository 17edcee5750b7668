package io.millrace.linux.peer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.dpdk.DpdkException;
import io.millrace.dpdk.ffm.DpdkLibrary;
import io.millrace.linux.HugePages;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A program of the tests, its output in a file. Ended by force when it is closed. */
public final class Program implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 90;
    private static final long ENOUGH_HUGE_BYTES = 256L << 20;

    private final Process process;
    private final Path output;

    private Program(final Process process, final Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts a command. */
    public static Program start(final List<String> command) throws IOException {
        final Path output = Files.createTempFile("millrace-peer", ".txt");
        return new Program(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start(),
                output);
    }

    /** The command that runs a class of ours, or of the tests, in another JVM. */
    public static String[] java(final String main, final String... arguments) {
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
    public static boolean hugePages() {
        return HugePages.freeBytes() >= ENOUGH_HUGE_BYTES;
    }

    /** Skips the test where DPDK can't be loaded. */
    public static void needDpdk() {
        try {
            DpdkLibrary.load();
        } catch (final DpdkException e) {
            assumeTrue(false, e.getMessage());
        }
    }

    /** Gives the program its whole standard input. */
    public Program feed(final String text) throws IOException {
        try (OutputStream in = process.getOutputStream()) {
            in.write(text.getBytes(ISO_8859_1));
        }
        return this;
    }

    /** Waits until it has printed a line. */
    public Program awaitLine(final String line) throws IOException, InterruptedException {
        return await("'" + line + "'", () -> output().lines().anyMatch(line::equals));
    }

    /** Waits until it has printed a text. */
    public Program awaitText(final String text) throws IOException, InterruptedException {
        return await("'" + text + "'", () -> output().contains(text));
    }

    private Program await(final String what, final Callable<Boolean> printed) throws IOException, InterruptedException {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try {
            while (!printed.call()) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new AssertionError("it never printed " + what + ": " + output());
                }
                process.waitFor(20, TimeUnit.MILLISECONDS);
            }
        } catch (final IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new IOException(e);
        }
        return this;
    }

    /** Its process number. */
    public long pid() {
        return process.pid();
    }

    /** The processes it has started, and theirs. */
    public List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /** Tells it to end, as {@code kill} does. */
    public Program terminate() {
        process.destroy();
        return this;
    }

    /** Waits for its end; its exit code. */
    public int exitCode() throws IOException, InterruptedException {
        return exitCode(PATIENCE_SECONDS);
    }

    private int exitCode(final long patienceSeconds) throws IOException, InterruptedException {
        if (!process.waitFor(patienceSeconds, TimeUnit.SECONDS)) {
            throw new AssertionError("no end after " + patienceSeconds + " s: " + output());
        }
        return process.exitValue();
    }

    /** Waits for its end; what it printed. */
    public String result() throws IOException, InterruptedException {
        exitCode();
        return output();
    }

    /** The same of one that is to run for so long. */
    public String result(final int seconds) throws IOException, InterruptedException {
        exitCode(seconds + PATIENCE_SECONDS);
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
