package io.millrace.linux.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.cli.PeerNode;
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

    /** A ring between kernel and engine that holds what comes while others have the CPU: with it nothing is lost. */
    private static final String PATIENT_DEVICE = DEVICE + ",framecnt=16384";

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

    /** Has the link speak IPv6, too. */
    final void addIpv6() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of("/proc/sys/net/ipv6")), "this kernel has no IPv6");
        link.addIpv6();
    }

    /** Our address is being asked for during the first second: the kernel asks for it again until it is answered. */
    final void awaitIpv6() throws IOException, InterruptedException {
        assertThat(kernel("ping", "-6", "-n", "-c", "1", "-w", "10", "-i", "0.2", VethLink.OUR_IPV6))
                .contains("bytes from " + VethLink.OUR_IPV6);
    }

    final void awaitIpv4() throws IOException, InterruptedException {
        assertThat(kernel("ping", "-n", "-c", "1", "-w", "10", "-i", "0.2", VethLink.OUR_ADDRESS))
                .contains("bytes from " + VethLink.OUR_ADDRESS);
    }

    /** An engine on our end of the link, with both our addresses, for an application of the test. */
    final Program node(
            final List<String> options,
            final Class<? extends PeerNode.Application> application,
            final List<String> words)
            throws IOException, InterruptedException {
        final List<String> arguments = new ArrayList<>(List.of("--port", PATIENT_DEVICE));
        for (final String address : List.of(VethLink.OUR_ADDRESS + "/24", VethLink.OUR_IPV6 + "/64")) {
            arguments.addAll(List.of("--address", address));
        }
        arguments.addAll(options);
        if (!Program.hugePages()) {
            arguments.add("--no-huge");
        }
        arguments.add(application.getName());
        arguments.addAll(words);
        return start(link.inOurs(Program.java(PeerNode.class.getName(), arguments.toArray(String[]::new))))
                .awaitLine("ready");
    }

    /** What the kernel's end has counted since the link was made, by the names of {@code nstat}. */
    final Counters kernelCounters() throws IOException, InterruptedException {
        return Counters.ofKernel(kernel("nstat", "-asz"));
    }

    /** Writes what the kernel's end receives and sends over TCP to a file; ended by {@link Program#terminate}. */
    final Program capture(final Path file) throws IOException, InterruptedException {
        assumeInstalled("dumpcap");
        final String bufferMegabytes = "256";
        return inKernel(
                        "dumpcap",
                        "-q",
                        "-i",
                        VethLink.KERNEL_DEVICE,
                        "-f",
                        "tcp",
                        "-B",
                        bufferMegabytes,
                        "-w",
                        file.toString())
                .awaitText("File: ");
    }

    static void assumeInstalled(final String program) {
        final boolean found = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        assumeTrue(found, "there is no " + program + " on this machine");
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
