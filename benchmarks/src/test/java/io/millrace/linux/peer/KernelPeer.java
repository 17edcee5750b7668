package io.millrace.linux.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests against the kernel have in common: the link, made for each test, and the programs on both ends of it. */
abstract class KernelPeer {
    static final String MAIN = "io.millrace.cli.Millrace";
    static final String DEVICE = "net_af_packet0,iface=" + VethLink.OUR_DEVICE;

    VethLink link;
    private final List<Program> programs = new ArrayList<>();

    @BeforeEach
    final void makeLink() throws IOException, InterruptedException {
        assumeTrue((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "network namespaces need root");
        final Optional<VethLink> made = VethLink.create();
        assumeTrue(made.isPresent(), "this machine lets no network namespace be made");
        link = made.get();
    }

    @AfterEach
    final void removeLink() throws IOException, InterruptedException {
        for (final Program program : programs) {
            program.close();
        }
        if (link != null) {
            link.close();
        }
    }

    /** A server on our end of the link that listens. */
    final Program serve(final List<String> options) throws IOException, InterruptedException {
        return start(link.inOurs(serveCommand(DEVICE, options))).awaitLine("ready");
    }

    static String[] serveCommand(final String device, final List<String> options) {
        final Stream<String> memory = Program.hugePages() ? Stream.of() : Stream.of("--no-huge");
        return Program.java(
                MAIN,
                Stream.of(Stream.of("serve", "--port", device), options.stream(), memory)
                        .flatMap(words -> words)
                        .toArray(String[]::new));
    }

    final Program inKernel(final String... command) throws IOException {
        return start(link.inKernel(command));
    }

    /** What a command prints at the kernel's end. */
    final String kernel(final String... command) throws IOException, InterruptedException {
        return inKernel(command).result();
    }

    final Program start(final List<String> command) throws IOException {
        final Program program = Program.start(command);
        programs.add(program);
        return program;
    }

    /** Ends a server as an operator does; its counters. */
    static Counters stop(final Program serve) throws IOException, InterruptedException {
        assertThat(serve.terminate().exitCode()).as("exit code after SIGTERM").isZero();
        return Counters.in(serve.result());
    }
}
