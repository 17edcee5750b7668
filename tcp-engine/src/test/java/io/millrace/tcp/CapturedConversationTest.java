package io.millrace.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.decorator.CaptureFilter;
import io.millrace.dataplane.port.decorator.CaptureRing;
import io.millrace.dataplane.port.decorator.CaptureSettings;
import io.millrace.dataplane.port.decorator.CaptureTranscript;
import io.millrace.dataplane.port.decorator.PcapTap;
import io.millrace.dataplane.port.decorator.Tshark;
import io.millrace.dataplane.wire.IpAddress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.IntFunction;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole conversation of two engines, captured at one of them and read by tshark. */
class CapturedConversationTest {
    private static final IpAddress SERVER = IpAddress.parse("10.0.0.1");
    private static final IpAddress CLIENT = IpAddress.parse("10.0.0.2");
    private static final int PORT = 7;

    private final VirtualClock clock = new VirtualClock();
    private final MemoryPort.Pair cable = MemoryPort.pair(MemoryPortConfig.defaults());
    private final PcapTap tap = new PcapTap(cable.left());
    private TcpLoop clientLoop;
    private final TcpEngine server = engine(tap, "10.0.0.1/24", shard -> loop -> {});
    private final TcpEngine client = engine(cable.right(), "10.0.0.2/24", shard -> loop -> clientLoop = loop);

    private TcpEngine engine(
            final PacketPort port, final String address, final IntFunction<TcpApplication> application) {
        return TcpEngine.builder()
                .port(port, HostAddresses.builder(port.mac()).address(address).build())
                .config(TcpConfig.builder()
                        .maxConnections(100)
                        .synQueueCapacity(100)
                        .timeWaitCapacity(100)
                        .build())
                .clock(clock)
                .application(application)
                .startManually();
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        cable.close();
    }

    private void run(final int millis) {
        for (int i = 0; i < millis; i++) {
            for (int round = 0; round < 100 && server.poll() + client.poll() > 0; round++) {
                // until both are at rest
            }
            clock.advanceMillis(1);
        }
    }

    private static final class SaysHelloAndCloses implements TcpHandler {
        private static final UnsafeBuffer TEXT = new UnsafeBuffer("hello".getBytes(StandardCharsets.US_ASCII));

        @Override
        public void onOpen(final TcpConnection connection) {
            connection.write(TEXT, 0, TEXT.capacity());
        }

        @Override
        public int onData(
                final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
            connection.close();
            return length;
        }
    }

    @Test
    void shouldShowAWholeConversationInOrder(@TempDir final Path folder) throws IOException {
        final Path file = folder.resolve("conversation.pcapng");
        server.listen(ListenConfig.onPort(PORT), shard -> TcpConnection::write);
        final long epoch = 1_700_000_000_000_000_000L;
        try (CaptureRing ring = CaptureRing.inMemory(
                List.of(tap),
                CaptureSettings.defaults().withFilter(CaptureFilter.parse("tcp port 7 or arp")),
                () -> epoch + clock.nanoTime())) {
            clientLoop.connect(CLIENT, SERVER, PORT, new SaysHelloAndCloses(), 0);
            run(500);
            final CaptureTranscript transcript = new CaptureTranscript(
                    ring.reader(),
                    CaptureFilter.parse("tcp"),
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
            transcript.follow();
            transcript.finish(epoch + clock.nanoTime());
            assertThat(transcript.lost()).isZero();
        }

        final List<String> lines = tshark(file);
        assertThat(lines.subList(0, 4))
                .as("direction, SYN, ACK, FIN, bytes")
                .containsExactly("1 1 0 0 0", "2 1 1 0 0", "1 0 1 0 5", "2 0 1 0 5"); // the third ACK brings the text
        assertThat(lines.stream().filter(line -> line.matches(". 0 1 1 0"))).hasSize(2);
        assertThat(lines).last().isEqualTo("1 0 1 0 0");
    }

    private static List<String> tshark(final Path file) throws IOException {
        return Tshark.read(
                        file,
                        "frame.packet_flags_direction",
                        "tcp.flags.syn",
                        "tcp.flags.ack",
                        "tcp.flags.fin",
                        "tcp.len")
                .stream()
                .map(fields -> String.join(" ", fields).replaceAll("0x0+(?=[12])", ""))
                .toList();
    }
}
