package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The command line")
class CommandLineTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest(name = "bench {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    --duration x            | '--duration': 'x' is not a duration; write such as 30s, 500ms or 2m
                    --duration 50ms         | --duration (in ms) 50 is out of range: give 100 to 86400000
                    --warm-up 2d            | '--warm-up': '2d' is not a duration
                    --report /proc/version  | --report: /proc/version is not a folder
                    --report /etc           | --report: /etc holds what is no part of a report (
                    --settle soon           | '--settle': 'soon' is not a duration
                    --repeats 0             | --repeats 0 is out of range: give 1 to 1000
                    --rate fast             | '--rate': 'fast' is not a rate; write such as 10000, 500k or 1.5M
                    --rate 20.1M            | --rate 20100000 is out of range: give 0 to 20000000
                    --concurrency 0         | --concurrency 0 is out of range: give 1 to 1048576
                    --concurrency -1        | '--concurrency': '-1' is not a count
                    --concurrency many      | '--concurrency': 'many' is not a count; write such as 4096, 64k or 64M
                    --shards 65             | --shards 65 is out of range: give 1 to 64
                    --link carrier-pigeon   | '--link': link 'carrier-pigeon' is unknown; choose one of vhost, memif, ring, af_packet, pci:BDF,BDF
                    --link null             | '--link': link 'null' is unknown; choose one of vhost
                    --link pci              | '--link': link 'pci': name two PCI ports, the server's and the generator's
                    --link pci:3b:00.0      | '--link': link 'pci:3b:00.0': name two PCI ports
                    --link pci:3b:00.0,net_null0   | '--link': link 'pci:3b:00.0,net_null0': name two PCI ports
                    --link pci:3b:00.0,0000:3b:00.0| '--link': link 'pci:3b:00.0,0000:3b:00.0': name two PCI ports
                    --arrangement sideways  | --arrangement sideways: unknown; choose one of auto, pipeline, run-to-completion, single-thread
                    --server-cores 8191     | --server-cores: CPU 8191 is not one this process may use; choose from [
                    --server-cores 0,x      | '--server-cores': '0,x' is not a list of CPUs; write such as 0,2-3
                    --generator-cores 3-1   | '--generator-cores': '3-1' runs backwards
                    --generator-cores 0,0   | --generator-cores: a CPU is named twice in [0, 0]
                    --time-wait-seconds 0   | --time-wait-seconds 0 is out of range: give 1 to 240
                    --sources 65535         | --sources 65535 is out of range: give 1 to 65534
                    --close-by rst --request 9 | --close-by rst: the server's reset would overtake its answer; give --request 0
                    --close-by rst --close-first client | --close-by rst: the client's reset would overtake its ACK
                    --close-by bye          | --close-by bye: unknown; choose one of fin, rst
                    --request 513           | --request 513 is out of range: give 0 to 512
                    --close-first nobody    | --close-first nobody: unknown; choose one of server, client
                    --workload /nowhere     | --workload /nowhere can't be read: give a file such as those in benchmarks/workloads
                    --json /nowhere/a.json  | --json /nowhere/a.json can't be written
                    --target 10.0.0.1       | '--target': '10.0.0.1' is no server; write such as 10.0.0.1:80
                    --target 10.0.0.1:0     | '--target': '10.0.0.1:0' is no server
                    --target 10.0.0.1:9     | --target 10.0.0.1:9: needs the generator's --port DEVICE and --address CIDR
                    --address 10.0.0.2/24   | --port, --address, --gateway and --sources-from are of a generator alone
                    --target 10.0.0.1:9 --port net_null0 --address 10.0.0.2/24 --generator c | --target: without --reference and --generator
                    --target 10.0.0.1:9 --port net_null0 --address 10.0.0.2/24 --sources-from 10.1.0.0/24 | --sources-from 10.1.0.0/24: has no room for 32749 addresses
                    --reference windows     | --reference windows: unknown; choose of kernel, limit
                    --reference limit --link ring | --reference limit: it takes two processes; give a --link that joins two
                    --generator perl        | --generator perl: unknown; choose one of engine, stateless, c
                    --generator c --link ring | --generator c: it is another process; give a --link that joins two
                    --generator c --rate 5k | --generator c: it keeps connections under way; leave out --rate
                    --generator c --close-first client | --generator c: it closes after the server, by FIN
                    --generator c --concurrency 128k | --generator c: it has room for 65536 connections
                    --no-such-option        | Unknown option: '--no-such-option'
                    surplus                 | Unmatched argument at index 1: 'surplus'
                    """)
    void shouldRefuseABenchOptionInOneLine(final String options, final String message) {
        assertRefused("bench " + options, message);
    }

    @ParameterizedTest(name = "bench compare {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    /proc/version           | Missing required parameter: 'B'
                    /nowhere /nowhere       | there is no result /nowhere: give a folder of bench --report or a file of --json
                    pom.xml pom.xml         | pom.xml is not a result of millrace bench: it is not JSON
                    """)
    void shouldRefuseToCompareWhatIsNoResult(final String options, final String message) {
        assertThat(run(("bench compare " + options).split(" +"))).isEqualTo(Millrace.BAD_INPUT);
        assertThat(errorLines())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("millrace: "))
                .anyMatch(line -> line.contains(message));
    }

    @ParameterizedTest(name = "NO_COLOR={0} TERM={1}: {2}")
    @CsvSource({",xterm,true", "'',xterm,true", "1,xterm,false", ",dumb,false", ",,true"})
    void shouldPrintNoColorsWhereNobodyWantsThem(final String noColor, final String term, final boolean colors) {
        assertThat(Terminal.hasColors(noColor, term)).isEqualTo(colors);
    }

    @ParameterizedTest(name = "bench io {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    --link tap              | '--link': link 'tap' is unknown; choose one of ring, null, vhost, memif, af_packet
                    --link pci:3b:00.0      | '--link': link 'pci:3b:00.0': name two PCI ports
                    --sender-core 8191      | --sender-core: CPU 8191 is not one this process may use; choose from [
                    --burst 0               | --burst 0 is out of range: give 1 to 512
                    --burst many            | '--burst': 'many' is not a count; write such as 4096, 64k or 64M
                    --seconds 0             | --seconds 0 is out of range: give 1 to 3600
                    --repeats 0             | --repeats 0 is out of range: give 1 to 1000
                    --report /etc           | --report: /etc holds what is no part of a report (
                    --core 8191             | --core: CPU 8191 is not one this process may use; choose from [
                    --json /nowhere/a.json  | --json /nowhere/a.json can't be written
                    --no-such-option        | Unknown option: '--no-such-option'
                    """)
    void shouldRefuseABenchIoOptionInOneLine(final String options, final String message) {
        assertRefused("bench io " + options, message);
    }

    @ParameterizedTest(name = "bench flood {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    --flood-rate 21M        | --flood-rate 21000000 is out of range: give 0 to 20000000
                    --flood-rate all        | '--flood-rate': 'all' is not a rate; write such as 10000, 500k or 1.5M
                    --rate 0                | --rate 0 is out of range: give 1 to 20000000
                    --concurrency 0         | --concurrency 0 is out of range: give 1 to 1048576
                    """)
    void shouldRefuseABenchFloodOptionInOneLine(final String options, final String message) {
        assertRefused("bench flood " + options, message);
    }

    @ParameterizedTest(name = "bench {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    hold --connections 0                | --connections 0 is out of range: give 1 to 33554432
                    hold --connections many             | '--connections': 'many' is not a rate
                    hold --rate 0                       | --rate 0 is out of range: give 1 to 20000000
                    time-wait --beside-empty perhaps    | '--beside-empty'
                    time-wait --shards 1,2              | --shards and --arrangement: give one of each; the two runs
                    overload --multiples 0              | --multiples [0.0]: give each from 0.01 to 100
                    overload --multiples 1.5,many       | '--multiples'
                    overload --arrangement auto,pipeline | --shards and --arrangement: give one of each; the multiples
                    rate --generator human              | --generator human: unknown; choose one of engine, stateless
                    rate --generator stateless --request 1 | --generator stateless: only with --close-first server
                    rate --generator stateless --generator-cores 0,0,0 | --generator-cores: SYNs that no engine sends, and their
                    overload --generator-cores 0,0,0    | --generator-cores: SYNs that no engine sends, and their
                    flood --generator-cores 0,0,0       | --generator-cores: SYNs that no engine sends, and their
                    rate --ip 5                         | --ip 5: unknown; give 4 or 6
                    rate --io-cores 65                  | --io-cores 65 is out of range: give 1 to 64
                    """)
    void shouldRefuseAWorkloadsOptionInOneLine(final String options, final String message) {
        assertRefused("bench " + options, message);
    }

    @ParameterizedTest(name = "bench stream {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    --pattern chat          | --pattern chat: unknown; choose one of bulk, request-response
                    --direction up          | --direction up: unknown; choose one of to-server, from-server
                    --peer windows          | --peer windows: unknown; choose one of engine, kernel
                    --peer kernel --pattern request-response | --peer kernel: with --pattern bulk only
                    --link ring             | --link ring: each end is a process of its own; give one of vhost, memif, af_packet
                    --link null             | '--link': link 'null' is unknown; choose one of vhost
                    --ip 5                  | --ip 5: unknown; give 4 or 6
                    --ip 6 --peer kernel    | --ip 6: with --peer engine only
                    --ip 6 --mtu 1000       | --mtu 1000 is out of range: give 1280 to 9216
                    --repeats 0             | --repeats 0 is out of range: give 1 to 1000
                    --settle soon           | '--settle': 'soon' is not a duration
                    --connections 0         | --connections 0 is out of range: give 1 to 60000
                    --mtu 9217              | --mtu 9217 is out of range: give 576 to 9216
                    --size 513              | --size 513 is out of range: give 1 to 512
                    --buffer 1k             | --buffer 1024 is out of range: give 2048 to 536870912
                    --duration soon         | '--duration': 'soon' is not a duration
                    --warm-up 2d            | '--warm-up': '2d' is not a duration
                    --server-core 8191      | --server-core: CPU 8191 is not one this process may use; choose from [
                    --report /proc/version  | --report: /proc/version is not a folder
                    --client-core x         | '--client-core': 'x' is not a count
                    --json /nowhere/a.json  | --json /nowhere/a.json can't be written
                    --no-such-option        | Unknown option: '--no-such-option'
                    """)
    void shouldRefuseABenchStreamOptionInOneLine(final String options, final String message) {
        assertRefused("bench stream " + options, message);
    }

    @ParameterizedTest(name = "serve {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    --port bogus                    | device 'bogus': not a PCI address (0000:3b:00.0) and not a virtual device
                    --port net_b0                   | --port net_b0: has no address; give one behind it
                    --queues 129                    | --queues 129 is out of range: give 1 to 128
                    --io-cores 0                    | --io-cores 0 is out of range: give 1 to 64
                    --address 10.0.0.1/33           | the prefix length must be 0 to 32
                    --address 10.0.0.x/24           | '10.0.0.x'
                    --address 10.0.0.0/24           | address 10.0.0.0/24: is the network's own
                    --address 127.0.0.1/8           | address 127.0.0.1/8: is not a unicast address
                    --vlan 4095                     | --vlan 4095 is out of range: give 1 to 4094
                    --vlan 7 --vlan-priority 8      | --vlan-priority 8 is out of range: give 0 to 7
                    --mtu 9217                      | --mtu 9217 is out of range: give 68 to 9216
                    --mtu 1000 --address fd00::1/64 | --mtu 1000 is out of range: give 1280 to 9216
                    --descriptors 16                | --descriptors 16 is out of range: give 32 to 32768
                    --features checksums            | unknown feature 'checksums': choose of offloads, segmentation, promiscuous
                    --features no-,offloads         | unknown feature ''
                    --gateway 1.2.3.4               | gateway 1.2.3.4: is in none of the networks
                    --gateway here                  | 'here': write a literal such as 10.0.0.1
                    --app gopher:70                 | unknown app 'gopher': choose one of echo, close, discard, chargen, http
                    --app echo                      | 'echo': write NAME:PORT, such as echo:7, or NAME:ADDRESS:PORT
                    --app echo:65536                | port '65536' is not a port; give 1 to 65535
                    --app close:7                   | --app close:7: port 7 is taken by echo
                    --app close:10.0.0.9:7          | --app close:10.0.0.9:7: 10.0.0.9 is no address of ours
                    --app close:10.0:7              | 'close:10.0:7': IP address '10.0': write a literal
                    --shards 0                      | --shards 0 is out of range: give 1 to 64
                    --arrangement upside-down       | --arrangement upside-down: unknown; choose one of auto, pipeline, run-to-completion, single-thread
                    --idle never                    | --idle never: unknown; choose one of busy, yield, adaptive
                    --syn-overflow explode          | --syn-overflow explode: unknown; choose one of cookies, drop-oldest, drop-newest
                    --backlog 0                     | --backlog 0 is out of range
                    --cores 4095                    | --cores: CPU 4095 is not one this process may use
                    --time-wait-seconds 241         | --time-wait-seconds 241 is out of range: give 1 to 240
                    --time-wait-capacity 0          | --time-wait-capacity 0 is out of range
                    --max-connections 1G            | --max-connections 1073741824 is out of range
                    --syn-queue -5                  | '--syn-queue': '-5' is not a count
                    --capture filter=tcp            | capture 'filter=tcp': write a file first
                    --capture a.pcapng,filter=prot  | filter 'prot': 'prot' at position 1: expected host, net
                    --capture a.pcapng,snap=9       | snap length 9 is out of range: give 14 to 65535
                    --capture a.pcapng,last=many    | capture 'a.pcapng,last=many': last=many: write a count
                    --capture a.pcapng,size=9       | capture 'a.pcapng,size=9': 'size' is unknown; choose filter=, snap= or last=
                    --faults loss=2                 | fault loss=2: write a chance such as 1% or 0.05%
                    --faults loss=200%              | chance of loss 2.0: must be 0 to 1
                    --faults gremlins=1%            | fault 'gremlins' is unknown; choose one of burst, corrupt, delay
                    --faults delay=soon             | fault delay=soon: write a time such as 20ms or 500us
                    --faults burst=1%               | fault burst=1%: write the chances that a burst
                    --faults delay=1ms,rx.jitter=2ms | jitter of 2000000 ns exceeds the delay of 1000000 ns
                    """)
    void shouldRefuseAServeOptionInOneLine(final String options, final String message) {
        assertRefused("serve --port net_null0 --address 10.0.0.1/24 --app echo:7 " + options, message);
    }

    @ParameterizedTest(name = "stat {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    --json --prometheus     | --json and --prometheus: choose one
                    --count 3               | --count 3: needs --watch
                    --interval 0            | --interval 0 is out of range: give 1 to 86400
                    /nowhere/counters       | there is no counters file /nowhere/counters
                    999999999               | there is no counters file /dev/shm/millrace-999999999
                    /etc/hostname           | /etc/hostname is not a counters file of Millrace
                    one two                 | Unmatched argument at index 2: 'two'
                    """)
    void shouldRefuseAStatOptionInOneLine(final String options, final String message) {
        final int code = run(("stat " + options).split(" +"));
        assertThat(code).isEqualTo(Millrace.BAD_INPUT);
        assertThat(err.toString().lines().findFirst())
                .hasValueSatisfying(
                        line -> assertThat(line).startsWith("millrace: ").contains(message));
        assertThat(err.toString()).doesNotContain("\tat ").doesNotContain("Exception");
    }

    @ParameterizedTest(name = "capture {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    /nowhere/ring                   | /nowhere/ring: no such file; make one by serve --capture /nowhere/ring,last=64k
                    /proc/version                   | /proc/version
                    pom.xml                         | pom.xml is not a capture ring of Millrace; make one by serve --capture FILE,last=64k
                    """)
    void shouldRefuseACaptureThatIsNone(final String options, final String message) {
        assertThat(run(("capture " + options).split(" +"))).isEqualTo(Millrace.BAD_INPUT);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("millrace: " + message);
    }

    @ParameterizedTest(name = "capture {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    ring --filter port              | filter 'port': the end at position 5: expected a port
                    ring --last 0k --follow x       | Unmatched argument at index
                    ring --last 5 --follow          | --last with --follow: give one of them
                    """)
    void shouldRefuseACaptureOptionInOneLine(final String options, final String message) {
        assertRefused("capture " + options, message);
    }

    @Test
    void shouldReadFaultsOfEachDirection() {
        final FaultsOption option =
                FaultsOption.parse("loss=1%,rx.delay=20ms,tx.burst=0.5%/25%,jitter=0s,rate=10M,reorder=2%,seed=42");
        assertThat(option.receiving().loss()).isEqualTo(0.01);
        assertThat(option.sending().loss()).isEqualTo(0.01);
        assertThat(option.receiving().delay()).isEqualTo(20_000_000);
        assertThat(option.sending().delay()).isZero();
        assertThat(option.sending().burstEnter()).isEqualTo(0.005);
        assertThat(option.receiving().burstEnter()).isZero();
        assertThat(option.sending().burstLeave()).isEqualTo(0.25);
        assertThat(option.receiving().bytesPerSecond()).isEqualTo(10 << 20);
        assertThat(option.seed()).isEqualTo(42);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    serve --app echo:7                                 | Missing required option: '--port=DEVICE'
                    serve --port net_null0 --address 10.0.0.1/24       | Missing required option: '--app=NAME:[ADDRESS:]PORT'
                    serve --address 10.0.0.1/24 --app echo:7           | --port=DEVICE
                    """)
    void shouldNameTheOptionsThatServeCanNotDoWithout(final String arguments, final String message) {
        assertRefused(arguments, message);
    }

    @Test
    void shouldSayAllThatIsWrongAtOnce() {
        final int code = run("bench", "--concurrency", "0", "--shards", "x", "--link", "y");

        assertThat(code).isEqualTo(Millrace.BAD_INPUT);
        assertThat(errorLines())
                .hasSize(3)
                .anyMatch(l -> l.contains("--concurrency 0"))
                .anyMatch(l -> l.contains("'x'"))
                .anyMatch(l -> l.contains("link 'y'"));
    }

    @Test
    void shouldNameAnUnknownCommand() {
        assertRefused("sevre", "Unmatched argument at index 0: 'sevre'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "bench --help",
                "bench rate --help",
                "bench flood --help",
                "bench hold --help",
                "bench time-wait --help",
                "bench overload --help",
                "bench io --help",
                "bench stream --help",
                "bench compare --help",
                "serve --help",
                "stat --help",
                "doctor --help",
                "idle --help"
            })
    void shouldExplainItself(final String arguments) {
        assertThat(run(arguments.split(" "))).isEqualTo(Millrace.OK);
        assertThat(out.toString()).startsWith("Usage: millrace");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldTellItsVersion() {
        assertThat(run("--version")).isEqualTo(Millrace.OK);
        assertThat(out.toString()).startsWith("millrace " + Version.number()).contains("JDK 25");
        assertThat(Version.number()).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
    }

    private void assertRefused(final String arguments, final String message) {
        assertThat(run(arguments.split(" +"))).isEqualTo(Millrace.BAD_INPUT);
        assertThat(errorLines())
                .singleElement()
                .asString()
                .startsWith("millrace: ")
                .contains(message);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).doesNotContain("\tat ").doesNotContain("Exception");
    }

    private int run(final String... arguments) {
        return Millrace.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    }

    /** The lines about errors, without the last one, which names the help. */
    private List<String> errorLines() {
        final List<String> lines = err.toString().lines().toList();
        assertThat(lines).last().asString().startsWith("See 'millrace");
        return lines.subList(0, lines.size() - 1);
    }
}
