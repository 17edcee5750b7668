package io.millrace.linux.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Opens and closes of every shape in {@code shapes.txt}, in both roles, over IPv4 and IPv6, against the kernel. Both ends
 * check each byte and how each connection ended; the kernel's counters and ours, and what tshark thinks of the trace, tell
 * of what neither application could see.
 *
 * <p>{@code -Dmillrace.shapes=N} is the number of connections of each shape, role and family with each set of options; with
 * 272 more than 100,000 come to be in all.
 */
@DisplayName("Opens and closes of every shape against the kernel, in both roles, over IPv4 and IPv6")
class ShapedConversationsTest extends KernelPeer {
    private static final int EACH = Integer.getInteger("millrace.shapes", 272);
    /** Fewer than the SYNs at once of which some are shed. */
    private static final String AT_ONCE = "500";

    /** As many as {@code shapes.py} and {@link ShapedConversations} have. */
    private static final int CHAINS = 32;

    private static final int KERNEL_BASE = 20_000;
    private static final int OUR_BASE = 10_000;
    private static final List<String> FAMILIES = List.of(
            VethLink.OUR_ADDRESS + ">" + VethLink.KERNEL_ADDRESS, VethLink.OUR_IPV6 + ">" + VethLink.KERNEL_IPV6);
    private static final Pattern REPORT = Pattern.compile("([a-z0-9-]+) ([0-9]+) ([0-9]+) ([0-9]+) ([0-9]+)");

    /** Nothing was lost, and nobody was wrong. */
    private static final List<String> ZERO_AT_THE_KERNEL = List.of(
            "IpInHdrErrors",
            "Ip6InHdrErrors",
            "TcpInCsumErrors",
            "TcpExtPAWSActive",
            "TcpExtPAWSEstab",
            "TcpExtPAWSTimewait",
            "TcpExtPAWSOldAck",
            "TcpExtTSEcrRejected",
            "TcpExtTCPLossProbes",
            "TcpExtTCPFastRetrans",
            "TcpExtTCPSackRecovery",
            "TcpExtTCPRenoRecovery",
            "TcpExtTCPAbortOnTimeout",
            "TcpExtTCPAbortOnMemory",
            "TcpExtTCPAbortOnLinger",
            "TcpExtTCPAbortFailed",
            "TcpExtListenDrops",
            "TcpExtListenOverflows",
            "TcpExtTCPReqQFullDrop",
            "TcpExtTCPReqQFullDoCookies",
            "TcpExtTCPTimeWaitOverflow",
            "TcpExtTCPBacklogDrop",
            "TcpExtTCPRcvQDrop",
            "TcpExtTCPZeroWindowDrop");

    /** Nobody was late either: not to be had where others want the CPU so much that a timer of 200 ms or 1 s runs out. */
    private static final List<String> ZERO_AT_THE_KERNEL_IN_TIME = List.of(
            "TcpInErrs",
            "TcpRetransSegs",
            "TcpExtTCPTimeouts",
            "TcpExtTCPSynRetrans",
            "TcpExtTCPSpuriousRTOs",
            "TcpExtTCPDSACKRecv",
            "TcpExtTCPDSACKOldSent",
            "TcpExtTCPDSACKOfoSent",
            "TcpExtTCPOFOQueue",
            "TcpExtTCPChallengeACK",
            "TcpExtTCPSYNChallenge",
            "TcpExtTCPACKSkippedSynRecv",
            "TcpExtTCPACKSkippedPAWS",
            "TcpExtTCPACKSkippedSeq",
            "TcpExtTCPACKSkippedFinWait2",
            "TcpExtTCPACKSkippedTimeWait",
            "TcpExtTCPACKSkippedChallenge");

    private static final List<String> ZERO_AT_OUR_END = List.of(
            "TRANSMIT_DROPS",
            "FRAMES_EXHAUSTED",
            "DROP_IP_CHECKSUM",
            "DROP_TCP_TRUNCATED",
            "DROP_TCP_DATA_OFFSET",
            "DROP_TCP_CHECKSUM",
            "NEIGHBOR_QUEUE_DROPS",
            "TCP_SENSELESS_FLAGS",
            "TCP_ABORT_ON_TIMEOUT",
            "LISTEN_DROPS",
            "LISTEN_OVERFLOWS",
            "SYN_QUEUE_EVICTIONS",
            "SYN_QUEUE_DROPS",
            "SYN_QUEUE_TIMEOUTS",
            "SYNCOOKIES_SENT",
            "SYNCOOKIES_FAILED",
            "CONNECTION_TABLE_OVERFLOWS",
            "EPHEMERAL_PORTS_EXHAUSTED",
            "TIME_WAIT_OVERFLOWS",
            "PAWS_REJECTED",
            "HANDLER_FAILURES",
            "CONNECTIONS",
            "SYN_QUEUE_ENTRIES",
            "ACCEPT_QUEUE_ENTRIES");

    private static final List<String> ZERO_AT_OUR_END_IN_TIME = List.of(
            "TCP_SEGMENTS_RETRANSMITTED",
            "TCP_SYN_RETRANSMITS",
            "TCP_FIN_RETRANSMITS",
            "TCP_TIMEOUTS",
            "TCP_LOSS_PROBES",
            "SYNS_SHED",
            "CHALLENGE_ACKS",
            "CHALLENGE_ACKS_SKIPPED",
            "SYN_CHALLENGES",
            "OUT_OF_WINDOW",
            "OUT_OF_ORDER_QUEUED");

    @BeforeEach
    void speakBothFamilies() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no python3");
        addIpv6();
        link.setInKernel("net.ipv4.tcp_max_tw_buckets", 1 << 18);
        // Where others want the CPU too, the engine may not run for longer than the kernel waits at least (200 ms), or
        // than
        // two round trips (the loss probe): what it then sends again is no fault of either TCP.
        link.setInKernel("net.ipv4.tcp_early_retrans", 0);
        link.setInKernel("net.ipv4.tcp_rto_min_us", 5_000_000);
        link.keepKernelOnOneCpu();
    }

    @ParameterizedTest(name = "timestamps {0}, SACK {1}, window scale {2}")
    @CsvSource({"1, 1, 1", "0, 1, 1", "1, 0, 0", "0, 0, 0"})
    @Tag("H2")
    @Tag("H3")
    @Tag("H4")
    @Tag("H10")
    @Tag("H13")
    @Tag("C1")
    @Tag("C2")
    @Tag("C3")
    @Tag("C6")
    @Tag("C7")
    @Tag("T5")
    @Tag("R1")
    void shouldAgreeWithTheKernelOnEveryConnection(
            final int timestamps, final int sack, final int windowScale, @TempDir final Path folder)
            throws IOException, InterruptedException {
        link.setInKernel("net.ipv4.tcp_timestamps", timestamps);
        link.setInKernel("net.ipv4.tcp_sack", sack);
        link.setInKernel("net.ipv4.tcp_window_scaling", windowScale);
        final List<Shape> shapes = Shape.readAll(Shape.FILE);
        final Path trace = folder.resolve("trace.pcapng");

        final Program server = inKernel(script("serve", KERNEL_BASE)).awaitLine("ready");
        final Program capture = capture(trace);
        final Program node = node(List.of(), ShapedConversations.class, words());
        awaitIpv6();
        awaitIpv4(); // or of so many SYNs at once those are lost that have no room in the kernel's queue for a neighbor
        final Program client = inKernel(
                script("open", OUR_BASE, String.valueOf(EACH), AT_ONCE, VethLink.OUR_ADDRESS, VethLink.OUR_IPV6));
        final String opened = client.result();
        node.awaitLine("done");
        final Counters kernel = kernelCounters();
        final Counters ours = stop(node);
        assertThat(capture.terminate().result()).containsPattern("dropped on interface 't0': [0-9]+/0 ");
        final String accepted = server.terminate().result();

        final int both = EACH * FAMILIES.size();
        final Map<String, List<Long>> expectedOfKernel = new TreeMap<>();
        final Map<String, List<Long>> expectedOfUs = new TreeMap<>();
        for (final Shape shape : shapes) {
            expectedOfKernel.put("opened-" + shape.name(), expected(both, shape.opener()));
            expectedOfUs.put("opened-" + shape.name(), expected(both, shape.opener()));
            if (shape.isSeen()) {
                expectedOfKernel.put("accepted-" + shape.name(), expected(both, shape.acceptor()));
                expectedOfUs.put("accepted-" + shape.name(), expected(both, shape.acceptor()));
            }
        }
        final Map<String, List<Long>> reportOfKernel = reports("opened-", opened);
        reportOfKernel.putAll(reports("accepted-", accepted));
        reportOfKernel.keySet().retainAll(expectedOfKernel.keySet());
        final Map<String, List<Long>> reportOfUs = reports("", node.result());
        reportOfUs.keySet().retainAll(expectedOfUs.keySet());
        assertThat(reportOfKernel).as(opened + accepted).isEqualTo(expectedOfKernel);
        assertThat(reportOfUs).as(node.result()).isEqualTo(expectedOfUs);

        assertThat(node.result()).contains("left 0");
        assertEndings(shapes, both, kernel, ours);
        assertThat(closingAtOurEnd(node.result())).as("FINs that crossed").isPositive();

        final ExpertRemarks remarks = ExpertRemarks.in(trace);
        assertThat(remarks.unexpected()).isEmpty();
        assertThat(kernel.notZero(ZERO_AT_THE_KERNEL)).isEmpty();
        assertThat(ours.notZero(ZERO_AT_OUR_END)).isEmpty();
        assertThat((long) remarks.probed()).as("sent again too soon").isLessThanOrEqualTo(ours.of("TCP_LOSS_PROBES"));
        if (remarks.isLate()) {
            System.out.println(
                    "ShapedConversationsTest: one end did not get the CPU for so long that timers ran out: in "
                            + ExpertRemarks.total(remarks.late()) + " of "
                            + ExpertRemarks.total(remarks.conversations()) + " conversations");
            assertThat(remarks.mostlyLate())
                    .as("of %s", remarks.conversations())
                    .isEmpty();
        } else {
            assertThat(kernel.notZero(ZERO_AT_THE_KERNEL_IN_TIME)).isEmpty();
            assertThat(ours.notZero(ZERO_AT_OUR_END_IN_TIME)).isEmpty();
        }
    }

    /** What both ends must have counted, each connection once. */
    private static void assertEndings(
            final List<Shape> shapes, final int each, final Counters kernel, final Counters ours) {
        long aborts = 0;
        long unread = 0;
        long lost = 0;
        long reused = 0;
        for (final Shape shape : shapes) {
            for (final List<Shape.Step> steps : List.of(shape.opener(), shape.acceptor())) {
                aborts += each * Shape.count(steps, "abort");
                unread += each * Shape.count(steps, "unread");
                lost += each * (Shape.count(steps, "lost") - Shape.count(steps, "unread"));
            }
            reused += shape.isSameTuple() ? each - FAMILIES.size() * CHAINS : 0;
        }
        // Linux counts a close with SO_LINGER 0 here, too
        assertThat(kernel.of("TcpExtTCPAbortOnData")).isEqualTo(aborts + lost);
        assertThat(kernel.of("TcpExtTCPAbortOnClose")).isEqualTo(unread);
        assertThat(ours.of("TCP_ABORT_ON_DATA")).isEqualTo(lost);
        assertThat(ours.of("TCP_ABORT_ON_CLOSE")).isEqualTo(unread);
        assertThat(ours.of("TIME_WAIT_RECYCLED"))
                .as("the kernel may choose a port that we still hold, too")
                .isGreaterThanOrEqualTo(reused);
    }

    private static long closingAtOurEnd(final String output) {
        return output.lines()
                .filter(line -> line.startsWith("accepted-crossing-fins-opener-closing "))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }

    private static List<Long> expected(final int connections, final List<Shape.Step> steps) {
        return List.of(
                (long) connections,
                0L,
                connections * Shape.bytes(steps, "send"),
                connections * Shape.bytes(steps, "recv"));
    }

    private static String[] script(final String way, final int base, final String... more) {
        return Stream.concat(
                        Stream.of(
                                "taskset",
                                "-c",
                                "0",
                                "/usr/bin/python3",
                                Shape.SCRIPT.toString(),
                                way,
                                Shape.FILE.toString(),
                                String.valueOf(base)),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    private static List<String> words() {
        final List<String> words = new ArrayList<>(List.of(
                Shape.FILE.toString(),
                String.valueOf(OUR_BASE),
                String.valueOf(KERNEL_BASE),
                String.valueOf(EACH),
                AT_ONCE));
        words.addAll(FAMILIES);
        return words;
    }

    private static Map<String, List<Long>> reports(final String prefix, final String output) {
        final Map<String, List<Long>> reports = new HashMap<>();
        output.lines()
                .map(REPORT::matcher)
                .filter(m -> m.matches())
                .forEach(line -> reports.put(
                        prefix + line.group(1),
                        Stream.of(line.group(2), line.group(3), line.group(4), line.group(5))
                                .map(Long::valueOf)
                                .toList()));
        return reports;
    }
}
