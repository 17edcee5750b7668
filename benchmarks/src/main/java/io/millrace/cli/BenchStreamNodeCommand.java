package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.bench.profile.NodeRecording;
import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.NodeCommand;
import io.millrace.bench.run.NodeReport;
import io.millrace.bench.stream.Direction;
import io.millrace.bench.stream.EngineStream;
import io.millrace.bench.stream.KernelStream;
import io.millrace.bench.stream.Pattern;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dpdk.Devargs;
import io.millrace.tcp.Arrangement;
import io.millrace.tcp.TcpConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The hidden command of a stream benchmark's child process: one end of the streams, an engine's where it is given a port, else
 * the kernel's. Answers each command on its standard input by a report on its standard output, and ends when the input does.
 */
@Command(name = "bench-stream-node", hidden = true)
final class BenchStreamNodeCommand implements Callable<Integer> {
    /** Room beyond the connections wanted. */
    private static final int SPARE_CONNECTIONS = 4_096;

    /** What a child process is. */
    enum Role {
        SERVER,
        CLIENT
    }

    @Parameters(index = "0")
    private Role role;

    @Option(names = "--port", converter = Converters.Device.class)
    private Optional<Devargs> port = Optional.empty();

    @Option(names = "--pattern", required = true)
    private String pattern;

    @Option(names = "--direction", required = true)
    private String direction;

    @Option(names = "--connections", required = true)
    private int connections;

    @Option(names = "--size", required = true)
    private int size;

    @Option(names = "--mtu")
    private int mtu;

    @Option(names = "--buffer")
    private int buffer = 1 << 18;

    @Option(names = "--cores", converter = CoreList.Converter.class)
    private CoreList cores = CoreList.NONE;

    @Option(names = "--ip")
    private int ip = 4;

    @Option(names = "--idle")
    private String idle = "busy";

    @Option(names = "--no-huge")
    private boolean noHuge;

    /** Where it goes is known by the parent, which removes it as well. */
    @Option(names = "--recording")
    private Optional<Path> recordingFile = Optional.empty();

    private final PrintStream out = new PrintStream(System.out, true, UTF_8);

    /** Whether text in bulk goes from this node to the other. */
    private boolean sends() {
        return Direction.of(direction).orElseThrow()
                == (role == Role.CLIENT ? Direction.TO_SERVER : Direction.FROM_SERVER);
    }

    @Override
    public Integer call() throws IOException {
        try {
            if (port.isPresent()) {
                serveByEngine();
            } else {
                serveByKernel();
            }
            return Millrace.OK;
        } catch (final BadInputException e) {
            out.println(NodeReport.error(List.of(e.getMessage())).toLine());
            return Millrace.BAD_INPUT;
        }
    }

    private void serveByKernel() throws IOException {
        final KernelStream stream = role == Role.SERVER ? KernelStream.server(sends()) : KernelStream.client(sends());
        out.println(stream.ready().toLine());
        final BufferedReader commands = commands();
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            if (command.equals(NodeCommand.START) && role == Role.CLIENT) {
                stream.connect(connections);
            }
            out.println(stream.sample().toLine());
        }
    }

    private void serveByEngine() throws IOException {
        final EngineStream stream =
                new EngineStream(Pattern.of(pattern).orElseThrow(), sends(), connections, size, addressing());
        try (NodeRecording recording = NodeRecording.to(recordingFile);
                EngineHost host = EngineHost.open(plan(stream))) {
            if (role == Role.SERVER) {
                stream.listen(host.engine());
            }
            final EngineStream.Reporter reporter = stream.reporter(host.engine(), facts(host));
            out.println(reporter.ready().toLine());
            final BufferedReader commands = commands();
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                if (!host.engine().isRunning()) {
                    throw new IllegalStateException("a polling thread has failed: see its message above");
                }
                if (command.equals(NodeCommand.START) && role == Role.CLIENT) {
                    stream.start();
                }
                if (command.equals(NodeCommand.MARK)) {
                    recording.begin();
                }
                final NodeReport report = command.equals(NodeCommand.MARK) ? reporter.mark() : reporter.sample();
                out.println(report.toLine());
            }
        }
    }

    private Addressing addressing() {
        return Addressing.of(ip);
    }

    private static BufferedReader commands() {
        return new BufferedReader(new InputStreamReader(System.in, UTF_8));
    }

    private EngineHost.Plan plan(final EngineStream stream) {
        final TcpConfig config = TcpConfig.builder()
                .maxConnections(2 * connections + SPARE_CONNECTIONS)
                .synQueueCapacity(Math.max(2 * connections, SPARE_CONNECTIONS))
                .timeWaitCapacity(Math.max(2 * connections, SPARE_CONNECTIONS))
                .sendBufferBytes(buffer)
                .receiveBufferBytes(buffer)
                .build();
        return new EngineHost.Plan(
                List.of(new EngineHost.PortPlan(
                        port.orElseThrow(),
                        Optional.empty(),
                        Optional.empty(),
                        mtu,
                        0,
                        List.of(),
                        mac -> HostAddresses.builder(mac)
                                .address(
                                        role == Role.SERVER
                                                ? addressing().serverPrefix()
                                                : addressing().generator())
                                .build())),
                !noHuge,
                1,
                Optional.empty(),
                Arrangement.AUTO,
                EngineNames.idle(idle),
                new PortDecoration(),
                builder -> {
                    builder.config(config).cores(cores.toArray());
                    if (role == Role.CLIENT) {
                        builder.application(shard -> stream.client());
                    }
                });
    }

    private Map<String, String> facts(final EngineHost host) {
        final Map<String, String> facts = new LinkedHashMap<>();
        facts.put("dpdk", host.dpdkVersion());
        facts.put("device", host.descriptions().getFirst());
        facts.put("cores", cores.cpus().isEmpty() ? "not pinned" : "on CPU " + cores.cpus());
        facts.put("memory", noHuge ? "no huge pages" : "huge pages");
        return facts;
    }
}
