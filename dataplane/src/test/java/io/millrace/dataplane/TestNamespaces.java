package io.millrace.dataplane;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.linux.LinuxException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Two network namespaces joined by a veth pair: {@code near} for us, without an address, and {@code far}, where Linux has
 * one. Made and removed by the test; skipped, with the reason printed, where the machine lets no namespace be made.
 */
public final class TestNamespaces implements AutoCloseable {
    public static final String NEAR_INTERFACE = "mrn0";
    public static final String FAR_INTERFACE = "mrf0";

    private static final int O_RDONLY = 0;
    private static final int CLONE_NEWNET = 0x4000_0000;

    private final String near = "mr-near-" + ProcessHandle.current().pid();
    private final String far = "mr-far-" + ProcessHandle.current().pid();

    /** Makes them; {@code farCidr} is Linux's address, such as {@code 10.9.0.2/24}. */
    public static TestNamespaces create(final String farCidr) {
        final TestNamespaces namespaces = new TestNamespaces();
        try {
            namespaces.build(farCidr);
        } catch (final IOException e) {
            namespaces.close();
            System.out.println("Tests with network namespaces are skipped: " + e.getMessage());
            assumeTrue(false, () -> "skipped: " + e.getMessage());
        }
        return namespaces;
    }

    private void build(final String farCidr) throws IOException {
        run("ip", "netns", "add", near);
        run("ip", "netns", "add", far);
        for (final String namespace : List.of(near, far)) {
            run("ip", "netns", "exec", namespace, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
        }
        run(
                "ip",
                "-n",
                near,
                "link",
                "add",
                NEAR_INTERFACE,
                "type",
                "veth",
                "peer",
                "name",
                FAR_INTERFACE,
                "netns",
                far);
        run("ip", "-n", near, "link", "set", NEAR_INTERFACE, "up");
        run("ip", "-n", far, "link", "set", "lo", "up");
        run("ip", "-n", far, "link", "set", FAR_INTERFACE, "up");
        run("ip", "-n", far, "addr", "add", farCidr, "dev", FAR_INTERFACE);
    }

    /** Runs a command where Linux is; answers what it says, or fails with it. */
    public String inFar(final String... command) throws IOException {
        return in(far, command);
    }

    /** Runs a command on our side, for devices that have Linux on their own; answers what it says, or fails with it. */
    public String inNear(final String... command) throws IOException {
        return in(near, command);
    }

    private static String in(final String namespace, final String... command) throws IOException {
        final List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        line.addAll(List.of(command));
        return run(line.toArray(String[]::new));
    }

    /** Runs a task on a thread of its own that is in our namespace: sockets it opens belong there for ever. */
    public <T> T inNear(final Callable<T> task) {
        final FutureTask<T> future = new FutureTask<>(() -> {
            enter(near);
            return task.call();
        });
        new Thread(future, "in-" + near).start();
        try {
            return future.get();
        } catch (final ExecutionException | InterruptedException e) {
            throw new AssertionError(e.getCause() == null ? e : e.getCause());
        }
    }

    private static void enter(final String namespace) {
        final Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            final MethodHandle open = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("open"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
            final MethodHandle setns = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("setns"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            final int file = (int) open.invokeExact(arena.allocateFrom("/run/netns/" + namespace), O_RDONLY);
            if (file < 0 || (int) setns.invokeExact(file, CLONE_NEWNET) != 0) {
                throw new LinuxException("setns to " + namespace, 1, "root may do this");
            }
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static String run(final String... command) throws IOException {
        final Process process =
                new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output.strip());
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return output;
    }

    @Override
    public void close() {
        for (final String namespace : List.of(near, far)) {
            try {
                run("ip", "netns", "del", namespace);
            } catch (final IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
