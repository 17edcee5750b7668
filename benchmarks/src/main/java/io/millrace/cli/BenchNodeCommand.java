package io.millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.bench.blast.BlastPort;
import io.millrace.bench.blast.OwnFlows;
import io.millrace.bench.blast.SpoofedFlows;
import io.millrace.bench.blast.SynFrames;
import io.millrace.bench.load.ArrivalSchedule;
import io.millrace.bench.load.Conversation;
import io.millrace.bench.load.ConversationServer;
import io.millrace.bench.load.HeldConnections;
import io.millrace.bench.load.RateGenerator;
import io.millrace.bench.load.SourceAddresses;
import io.millrace.bench.profile.NodeRecording;
import io.millrace.bench.run.Addressing;
import io.millrace.bench.run.GeneratorLoad;
import io.millrace.bench.run.NodeCommand;
import io.millrace.bench.run.NodeReport;
import io.millrace.bench.run.NodeReporter;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Devargs;
import io.millrace.tcp.ListenConfig;
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
import java.util.stream.IntStream;
import org.agrona.concurrent.SystemNanoClock;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The hidden command of a benchmark's child process: runs a server or a generator, answers each command on its standard
 * input by a report on its standard output, and ends when the input does.
 */
@Command(name = "bench-node", hidden = true)
final class BenchNodeCommand implements Callable<Integer> {
    /** The same flood each time. */
    private static final long FLOOD_SEED = 42;

    /** What a child process is. */
    enum Role {
        SERVER,
        GENERATOR
    }

    @Parameters(index = "0")
    private Role role;

    /** None where both nodes share a process, and what joins them. */
    @Option(names = "--port", converter = Converters.Device.class)
    private Optional<Devargs> port = Optional.empty();

    @Option(names = "--concurrency", required = true)
    private int concurrency;

    /** Of an open loop, where that is another number. */
    @Option(names = "--most-under-way")
    private int mostUnderWay;

    @Option(names = "--rate")
    private long rate;

    /** SYNs that no engine sends; 0 for as many as possible. */
    @Option(names = "--blast")
    private Optional<Long> blast = Optional.empty();

    /** Clients without state answer what comes of them. */
    @Option(names = "--blast-answered")
    private boolean blastAnswered;

    @Option(names = "--hold")
    private int hold;

    @Option(names = "--ip")
    private int ip = 4;

    @Option(names = "--io-cores")
    private Optional<Integer> ioCores = Optional.empty();

    @Option(names = "--cores", converter = CoreList.Converter.class)
    private CoreList cores = CoreList.NONE;

    @Option(names = "--no-huge")
    private boolean noHuge;

    @Option(names = "--shards")
    private int shards = 1;

    @Option(names = "--arrangement")
    private String arrangement = "auto";

    @Option(names = "--idle")
    private String idle = "busy";

    /** Where it goes is known by the parent, which removes it as well. */
    @Option(names = "--recording")
    private Optional<Path> recordingFile = Optional.empty();

    @Option(names = "--sources")
    private int sources = SourceAddresses.DEFAULT_COUNT;

    @Option(names = "--conversation", converter = ConversationWord.class)
    private Conversation conversation = Conversation.SERVER_CLOSES;

    @Mixin
    private TableOptions tables;

    @Mixin
    private TargetOptions target = new TargetOptions();

    private Optional<GeneratorLoad> load = Optional.empty();
    private NodeRecording recording;

    static final class ConversationWord implements CommandLine.ITypeConverter<Conversation> {
        @Override
        public Conversation convert(final String word) {
            return Conversation.ofWord(word);
        }
    }

    @Override
    public Integer call() throws IOException {
        final PrintStream out = new PrintStream(System.out, true, UTF_8);
        try (NodeRecording ending = record();
                EngineHost host = EngineHost.open(plan())) {
            final NodeReporter reporter = begin(host, List.of());
            out.println(reporter.ready().toLine());
            final BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                out.println(answer(host, reporter, command).toLine());
            }
            return Millrace.OK;
        } catch (final BadInputException e) {
            out.println(NodeReport.error(List.of(e.getMessage())).toLine());
            return Millrace.BAD_INPUT;
        }
    }

    /** Prepares a recording of the measured time, if one is wanted: to be closed after it. */
    NodeRecording record() {
        recording = NodeRecording.to(recordingFile);
        return recording;
    }

    /** Listens, where this is the server; {@code others} are the nodes that share this process. */
    NodeReporter begin(final EngineHost host, final List<NodeReporter> others) {
        if (role == Role.SERVER) {
            host.engine()
                    .listen(
                            ListenConfig.onPort(Addressing.PORT).withBacklog(tables.synQueue()),
                            shard -> new ConversationServer(conversation));
        }
        return port.isPresent()
                ? new NodeReporter(host.engine(), load, facts(host))
                : NodeReporter.besides(others, host.engine(), load, facts(host));
    }

    private Addressing addressing() {
        return Addressing.of(ip);
    }

    private GeneratorLoad newLoad() {
        final List<RateGenerator> generators =
                IntStream.range(0, shards).mapToObj(this::generator).toList();
        final List<HeldConnections> held = IntStream.range(0, hold == 0 ? 0 : shards)
                .mapToObj(shard -> new HeldConnections(
                        addressing().server(),
                        Addressing.PORT,
                        (int) share(hold, shard),
                        Math.max(1, (int) share(concurrency, shard)),
                        new SourceAddresses(addressing().sources(), sources),
                        generators.get(shard)))
                .toList();
        return new GeneratorLoad(generators, held);
    }

    private RateGenerator generator(final int shard) {
        return new RateGenerator(
                target.server(addressing()),
                target.port(),
                (int) share(mostUnderWay == 0 ? concurrency : mostUnderWay, shard),
                new SourceAddresses(target.sources(addressing()), sources),
                conversation,
                rate == 0 ? null : new ArrivalSchedule(share(rate, shard)));
    }

    /** What one shard has of the whole: all have as much, but for the remainder. */
    private long share(final long whole, final int shard) {
        return whole / shards + (shard < whole % shards ? 1 : 0);
    }

    /** What to open for it. */
    EngineHost.Plan plan() {
        final TcpConfig config = tables.toConfig();
        if (role == Role.GENERATOR) {
            load = Optional.of(newLoad());
        }
        return new EngineHost.Plan(
                port.stream()
                        .map(device -> new EngineHost.PortPlan(
                                device, Optional.empty(), Optional.empty(), 0, 0, List.of(), this::addresses))
                        .toList(),
                !noHuge,
                shards,
                ioCores,
                EngineNames.arrangement(arrangement),
                EngineNames.idle(idle),
                decoration(),
                builder -> {
                    builder.config(config).cores(cores.toArray());
                    load.ifPresent(offered -> builder.application(offered::application));
                });
    }

    private PortDecoration decoration() {
        final PortDecoration decoration = new PortDecoration();
        blast.ifPresent(perSecond -> decoration.within(port -> blasting(port, perSecond), BlastPort.FRAMES_HELD));
        return decoration;
    }

    private BlastPort blasting(final PacketPort port, final long perSecond) {
        final IpAddress server = addressing().server();
        final ArrivalSchedule schedule = perSecond == 0 ? null : new ArrivalSchedule(perSecond);
        final BlastPort blasting = blastAnswered
                ? BlastPort.clients(
                        port,
                        SynFrames.plain(server, Addressing.PORT),
                        new OwnFlows(addressing().blastSources(), sources),
                        schedule,
                        concurrency,
                        SystemNanoClock.INSTANCE)
                : BlastPort.flood(
                        port,
                        SynFrames.likeLinux(server, Addressing.PORT),
                        new SpoofedFlows(!server.isIpv4(), FLOOD_SEED),
                        schedule,
                        SystemNanoClock.INSTANCE);
        load.orElseThrow().add(blasting, blastAnswered);
        return blasting;
    }

    /** Who this node is. */
    HostAddresses addresses(final MacAddress mac) {
        return role == Role.SERVER
                ? HostAddresses.builder(mac)
                        .address(addressing().serverPrefix())
                        .gateway(addressing().generator().address())
                        .build()
                : target.addresses(mac, addressing());
    }

    private Map<String, String> facts(final EngineHost host) {
        final Map<String, String> facts = new LinkedHashMap<>();
        facts.put("dpdk", host.dpdkVersion());
        facts.put("device", host.engine().ports().getFirst().name());
        facts.put("arrangement", EngineNames.of(host.engine().arrangement()));
        facts.put("shards", host.engine().shards() + (shards == 1 ? " shard" : " shards"));
        facts.put("cores", cores.cpus().isEmpty() ? "not pinned" : "on CPU " + cores.cpus());
        facts.put("memory", noHuge ? "no huge pages" : "huge pages");
        return facts;
    }

    /** Does what it is told; its figures after that. */
    NodeReport answer(final EngineHost host, final NodeReporter reporter, final String command) {
        if (!host.engine().isRunning()) {
            throw new IllegalStateException("a polling thread has failed: see its message above");
        }
        switch (command) {
            case NodeCommand.START -> load.ifPresent(GeneratorLoad::start);
            case NodeCommand.STOP -> load.ifPresent(GeneratorLoad::stop);
            case NodeCommand.MARK -> recording.begin();
            default -> {}
        }
        return command.equals(NodeCommand.MARK) ? reporter.mark() : reporter.sample();
    }
}
