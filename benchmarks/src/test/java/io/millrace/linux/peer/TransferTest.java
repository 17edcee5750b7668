package io.millrace.linux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bytes in bulk and in small amounts to and from the kernel, in both roles, over good cables and bad ones: what arrives has
 * the SHA-256 of what was sent. {@code -Dmillrace.transfer.bytes=N} is how much one connection carries in bulk.
 */
@DisplayName("Transfers to and from the kernel, over good cables and bad ones")
class TransferTest extends KernelPeer {
    private static final long BULK = Long.getLong("millrace.transfer.bytes", 1L << 30);
    private static final String PORT = "7000";
    private static final List<String> BOTH_FAMILIES = List.of("4", "6");

    @BeforeEach
    void speakBothFamilies() throws IOException, InterruptedException {
        addIpv6();
    }

    @ParameterizedTest(name = "we {0}, IPv{1}, {2} sent")
    @CsvSource({"serve, 4, by us", "serve, 6, by the kernel", "open, 6, by us", "open, 4, by the kernel"})
    @Tag("D1")
    @Tag("D2")
    void shouldCarryAGigabyteInOneConnection(final String role, final String family, final String sender)
            throws IOException, InterruptedException {
        final boolean weSend = sender.equals("by us");
        final Counters ours = transfer(role, List.of(), 1, 1, weSend ? BULK : 0, weSend ? 0 : BULK, List.of(family));

        assertThat(ours.of("CHALLENGE_ACKS")).isZero();
        assertThat(ours.of("OUT_OF_WINDOW") + ours.of("PAWS_REJECTED"))
                .as("what the kernel sent again though it had come, and nothing else")
                .isLessThanOrEqualTo(kernelCounters().of("TcpRetransSegs"));
    }

    @ParameterizedTest(name = "we {0}")
    @ValueSource(strings = {"serve", "open"})
    @Tag("D1")
    void shouldCarryTenThousandSmallTransfers(final String role) throws IOException, InterruptedException {
        transfer(role, List.of(), 10_000, 32, 3_000, 2_000, BOTH_FAMILIES);
    }

    @ParameterizedTest(name = "we {0}, {1} lost")
    @CsvSource({
        "serve, 0, 4000000",
        "open, 0, 4000000",
        "serve, 1, 1000000",
        "open, 1, 1000000",
        "serve, 5, 300000",
        "open, 5, 300000",
        "serve, 10, 100000",
        "open, 10, 100000"
    })
    @Tag("D1")
    @Tag("D3")
    void shouldCarryEveryByteOverABadCable(final String role, final int loss, final long bytes)
            throws IOException, InterruptedException {
        final String faults = "loss=" + loss + "%,reorder=2%,reorder-by=2ms,duplicate=1%,seed=" + (7 + loss);
        final Counters ours = transfer(role, List.of("--faults", faults), 16, 16, bytes, bytes, BOTH_FAMILIES);

        assertThat(ours.of("FAULT_REORDERED")).isPositive();
        assertThat(ours.of("FAULT_DUPLICATED")).isPositive();
        if (loss > 0) {
            assertThat(ours.of("FAULT_LOST")).isPositive();
            assertThat(ours.of("TCP_SEGMENTS_RETRANSMITTED")).isPositive();
        }
    }

    /**
     * Runs both ends; what our end has counted.
     *
     * @param send bytes that we send in each connection.
     * @param receive bytes that the kernel sends.
     */
    private Counters transfer(
            final String role,
            final List<String> options,
            final int connections,
            final int atOnce,
            final long send,
            final long receive,
            final List<String> families)
            throws IOException, InterruptedException {
        final boolean weServe = role.equals("serve");
        final List<String> ourWords = words(
                role, connections, atOnce, send, receive, families, VethLink.KERNEL_ADDRESS, VethLink.KERNEL_IPV6);
        final String[] theirWords = words(
                        weServe ? "open" : "serve",
                        connections,
                        atOnce,
                        receive,
                        send,
                        families,
                        VethLink.OUR_ADDRESS,
                        VethLink.OUR_IPV6)
                .toArray(String[]::new);
        final String[] command = Program.java(KernelTransfers.class.getName(), theirWords);
        final Program kernel;
        final Program node;
        if (weServe) {
            node = node(options, OurTransfers.class, ourWords);
            kernel = inKernel(command);
        } else {
            kernel = inKernel(command).awaitLine("ready");
            node = node(options, OurTransfers.class, ourWords);
        }
        node.awaitLine("done");
        assertThat(kernel.result()).contains("right " + connections + "\n");
        final Counters ours = stop(node);
        assertThat(node.result()).contains("right " + connections + "\n").contains("left 0");
        assertThat(longestRow(node.result()))
                .as("timeouts in a row: with each RFC 6298 §5.5 doubles the silence")
                .isLessThanOrEqualTo(MOST_TIMEOUTS_IN_A_ROW);
        assertThat(ours.notZero(List.of(
                        "TCP_ABORT_ON_TIMEOUT",
                        "FRAMES_EXHAUSTED",
                        "CONNECTIONS",
                        "BUFFER_BLOCKS",
                        "FLIGHT_RECORDS",
                        "HANDLER_FAILURES",
                        "DROP_TCP_CHECKSUM",
                        "DROP_IP_CHECKSUM")))
                .isEmpty();
        return ours;
    }

    /** Of 10 % each way a segment and its answer are lost one time in five: five times in a row in 3,000. */
    private static final int MOST_TIMEOUTS_IN_A_ROW = 5;

    private static int longestRow(final String output) {
        return output.lines()
                .filter(line -> line.startsWith("timeouts in a row "))
                .mapToInt(line -> Integer.parseInt(line.substring("timeouts in a row ".length())))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> words(
            final String role,
            final int connections,
            final int atOnce,
            final long send,
            final long receive,
            final List<String> families,
            final String ipv4,
            final String ipv6) {
        final List<String> words = new ArrayList<>(Stream.of(connections, atOnce, send, receive)
                .map(String::valueOf)
                .toList());
        words.addAll(0, List.of(role, PORT));
        if (role.equals("open")) {
            families.forEach(family -> words.add(family.equals("4") ? ipv4 : ipv6));
        }
        return words;
    }
}
