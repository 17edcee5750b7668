package io.millrace.dataplane.port.decorator;

import static io.millrace.dataplane.TestFrames.OUR_IP;
import static io.millrace.dataplane.TestFrames.PEER_IP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.core.Conductor;
import io.millrace.dataplane.core.Datapath;
import io.millrace.dataplane.core.DatapathConfig;
import io.millrace.dataplane.core.ShardEndpoint;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A tap")
class PcapTapTest {
    private static final int BURST = 32;

    private final MemoryPort.Pair cable =
            MemoryPort.pair(MemoryPortConfig.defaults().withQueueCapacity(64));
    private final TestFrames frames = new TestFrames(cable.pool());
    private final PcapTap tap = new PcapTap(cable.left());
    private final FrameBurst burst = new FrameBurst(BURST);
    private final CounterBlock counters = CounterBlock.allocate("capture");
    private long now = 1_700_000_000_123_456_789L;

    @AfterEach
    void close() {
        burst.close();
        cable.close();
    }

    private CaptureRing ring(final CaptureSettings settings) {
        return CaptureRing.inMemory(List.of(tap), settings, () -> now);
    }

    /** A frame that tells its number by its source port. */
    private long numbered(final int number) {
        return frames.tcp(PEER_IP, OUR_IP, number, 80, TcpFlags.ACK, 0);
    }

    private static int number(final CapturedFrame frame) {
        return frame.data().getShort(34) & 0xffff;
    }

    private void arrive(final int first, final int count) {
        burst.clear();
        for (int i = first; i < first + count; i++) {
            burst.add(numbered(i));
        }
        assertThat(cable.right().txQueue(0).transmit(burst)).isEqualTo(count);
        if (tap.rxQueue(0).receive(burst) == 0) { // the cable's ring has come to its end: once it brings nothing
            tap.rxQueue(0).receive(burst);
        }
        assertThat(burst.size()).isEqualTo(count);
    }

    private void receive(final int first, final int count) {
        arrive(first, count);
        freeAll();
    }

    private void freeAll() {
        for (int i = 0; i < burst.size(); i++) {
            frames.allocator.free(burst.get(i));
        }
        burst.clear();
    }

    private List<Integer> followed(final CaptureReader reader) {
        final List<Integer> numbers = new ArrayList<>();
        reader.follow(frame -> numbers.add(number(frame)));
        return numbers;
    }

    private List<Integer> last(final CaptureRing ring, final int count) {
        final List<Integer> numbers = new ArrayList<>();
        ring.reader().readLast(count, frame -> numbers.add(number(frame)));
        return numbers;
    }

    private static List<Integer> range(final int from, final int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    @Test
    void shouldShowWhatGoesInAndOutInOrder() {
        try (CaptureRing ring = ring(CaptureSettings.defaults())) {
            receive(1, 3);
            burst.add(numbered(4));
            burst.add(numbered(5));
            assertThat(tap.txQueue(0).transmit(burst)).isEqualTo(2);
            receive(6, 1);
            assertThat(last(ring, 100)).isEqualTo(range(1, 7));
        }
    }

    @Test
    void shouldShowOnlyFramesThePortTook() {
        try (CaptureRing ring = ring(CaptureSettings.defaults())) {
            int sent = 0;
            int refusals = 0;
            final List<Integer> taken = new ArrayList<>();
            int next = 0;
            while (refusals < 3) { // the cable holds so many; then it refuses, and the same frames are offered again
                while (!burst.isFull()) {
                    burst.add(numbered(next++));
                }
                final int before = burst.size();
                tap.txQueue(0).transmit(burst);
                final int gone = before - burst.size();
                sent += gone;
                refusals += gone == 0 ? 1 : 0;
            }
            taken.addAll(range(0, sent));
            assertThat(sent).isBetween(64, 2_000);
            assertThat(last(ring, 8_192)).isEqualTo(taken);
            freeAll();
        }
    }

    @Test
    void shouldHandOverABurstWithTheReasonsOfItsDrops() {
        try (CaptureRing ring = ring(CaptureSettings.defaults())) {
            final CaptureReader reader = ring.reader();
            arrive(1, 3);
            assertThat(followed(reader)).as("frames whose fate is open").isEmpty();
            tap.rxQueue(0).dropped(1, DropReason.TCP_CHECKSUM);
            freeAll();
            assertThat(tap.rxQueue(0).receive(burst)).isZero();

            final List<String> comments = new ArrayList<>();
            reader.follow(frame -> comments.add(number(frame) + " " + frame.comment()));
            assertThat(comments).containsExactly("1 ", "2 Drop: wrong TCP checksum (DROP_TCP_CHECKSUM)", "3 ");
        }
    }

    @Test
    void shouldGiveTheReasonToTheRightFrameOfAFilteredBurst() {
        try (CaptureRing ring = ring(CaptureSettings.defaults().withFilter(CaptureFilter.parse("not port 1")))) {
            arrive(1, 3);
            tap.rxQueue(0).dropped(0, DropReason.LAND);
            tap.rxQueue(0).dropped(2, DropReason.IP_CHECKSUM);
            freeAll();
            final List<String> comments = new ArrayList<>();
            ring.reader().readLast(9, frame -> comments.add(number(frame) + " " + frame.comment()));
            assertThat(comments).containsExactly("2 ", "3 Drop: wrong IPv4 header checksum (DROP_IP_CHECKSUM)");
        }
    }

    @Test
    void shouldBeToldWhatTheIngressStageDrops() {
        final HostAddresses host =
                HostAddresses.builder(tap.mac()).address("10.0.0.1/24").build();
        try (Datapath path = Datapath.runToCompletion(DatapathConfig.defaults(), () -> 0, List.of(counters));
                CaptureRing ring = ring(CaptureSettings.defaults().withFilter(CaptureFilter.parse("inbound")))) {
            path.attach(tap, host, Conductor.BEFORE_START);
            final ShardEndpoint endpoint = path.endpoints().getFirst();
            endpoint.onStart();
            final long bad = numbered(2);
            Memory.putByte(Mbuf.dataAddress(bad) + 50, 0x55);
            final long elsewhere = frames.tcp(PEER_IP, PEER_IP + 7, 3, 80, TcpFlags.ACK, 0);
            burst.add(numbered(1));
            burst.add(bad);
            burst.add(elsewhere);
            cable.right().txQueue(0).transmit(burst);
            endpoint.poll(
                    batch -> {
                        for (int i = 0; i < batch.size(); i++) {
                            frames.allocator.free(batch.mbuf(i));
                        }
                    },
                    0);
            final List<String> comments = new ArrayList<>();
            ring.reader().readLast(9, frame -> comments.add(number(frame) + " " + frame.comment()));
            assertThat(comments)
                    .containsExactly(
                            "1 ",
                            "2 Drop: wrong TCP checksum (DROP_TCP_CHECKSUM)",
                            "3 Drop: destination is not one of our addresses (DROP_OTHER_ADDRESS)");
            endpoint.onClose();
        }
    }

    @Test
    void shouldKeepTheLastFramesInOrder() {
        try (CaptureRing ring = ring(CaptureSettings.defaults().withFrames(1_000))) {
            for (int i = 0; i < 5_000; i += 25) {
                receive(i, 25);
            }
            assertThat(last(ring, 1_000)).isEqualTo(range(4_000, 5_000));
            assertThat(last(ring, 7)).isEqualTo(range(4_993, 5_000));
        }
    }

    @Test
    void shouldOverwriteWhatASlowReaderHasNotReadAndCountIt() {
        try (CaptureRing ring = ring(CaptureSettings.defaults().withFrames(1_024))) {
            final CaptureReader reader = ring.reader();
            receive(0, 20);
            receive(20, 10);
            assertThat(followed(reader)).isEqualTo(range(0, 20));
            for (int i = 30; i < 3_030; i += 25) {
                receive(i, 25);
            }
            tap.rxQueue(0).receive(burst);
            assertThat(followed(reader)).isEqualTo(range(3_030 - 1_024, 3_030));
            assertThat(reader.lost()).isEqualTo(3_030 - 1_024 - 20);
        }
    }

    @Test
    void shouldNotWaitForAStuckFileAndCountWhatItMisses(@TempDir final Path folder) throws IOException {
        final CountDownLatch stuck = new CountDownLatch(1);
        final CountDownLatch unstick = new CountDownLatch(1);
        final Path file = folder.resolve("slow.pcapng");
        final FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        final CaptureStream stream = CaptureStream.start(
                List.of(tap),
                CaptureSettings.defaults().withFrames(1_024),
                new StuckChannel(channel, stuck, unstick),
                () -> now,
                counters);
        receive(0, 10);
        tap.rxQueue(0).receive(burst);
        await(stuck); // the writer's thread has 10 frames in hand, and hangs in write
        for (int i = 10; i < 10_010; i += 25) {
            receive(i, 25); // this thread would hang as well, if it waited
        }
        unstick.countDown();
        stream.close();

        assertThat(counters.get(Counter.CAPTURE_DROPS)).isEqualTo(10_010 - 10 - 1_024);
        assertThat(counters.get(Counter.CAPTURE_FRAMES)).isEqualTo(10 + 1_024);
        assertThat(stream.failure()).isEmpty();
        assertThat(Tshark.read(file, "tcp.srcport")).hasSize(10 + 1_024);
    }

    private static void await(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private record StuckChannel(FileChannel file, CountDownLatch stuck, CountDownLatch unstick)
            implements WritableByteChannel {
        @Override
        public int write(final ByteBuffer source) throws IOException {
            if (source.remaining() > 500) { // the first flush with the frames
                stuck.countDown();
                await(unstick);
            }
            return file.write(source);
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Test
    void shouldGoOnWhenTheDiskIsFull() {
        final CaptureStream stream =
                CaptureStream.start(List.of(tap), CaptureSettings.defaults(), new FullDisk(), () -> now, counters);
        receive(0, 10);
        stream.close();
        assertThat(stream.failure()).hasValueSatisfying(e -> assertThat(e).hasMessage("No space left on device"));
        receive(10, 10);
        try (CaptureRing next = ring(CaptureSettings.defaults())) {
            receive(20, 1);
            assertThat(last(next, 9)).containsExactly(20);
        }
    }

    private static final class FullDisk implements WritableByteChannel {
        @Override
        public int write(final ByteBuffer source) throws IOException {
            throw new IOException("No space left on device");
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldTellTsharkEverything(@TempDir final Path folder) throws IOException {
        final Path file = folder.resolve("capture.pcapng");
        final CaptureStream stream = CaptureStream.start(
                List.of(tap),
                CaptureSettings.defaults().withSnap(60),
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                () -> now,
                counters);
        arrive(1_001, 2);
        tap.rxQueue(0).dropped(1, DropReason.TCP_CHECKSUM);
        freeAll();
        now += 1_000_000_001L;
        burst.add(frames.tcp(OUR_IP, PEER_IP, 80, 1_001, TcpFlags.ACK, 100));
        tap.txQueue(0).transmit(burst);
        stream.close();

        final String description = "1 queue pairs, MTU 1500, 02:00:00:00:00:01";
        assertThat(Tshark.read(
                        file,
                        "frame.time_epoch",
                        "frame.packet_flags_direction",
                        "frame.len",
                        "frame.cap_len",
                        "tcp.srcport",
                        "frame.comment",
                        "frame.interface_name",
                        "frame.interface_description"))
                .containsExactly(
                        List.of(
                                "1700000000.123456789",
                                "0x00000001",
                                "54",
                                "54",
                                "1001",
                                "",
                                "memory-left",
                                description),
                        List.of(
                                "1700000000.123456789",
                                "0x00000001",
                                "54",
                                "54",
                                "1002",
                                "Drop: wrong TCP checksum (DROP_TCP_CHECKSUM)",
                                "memory-left",
                                description),
                        List.of(
                                "1700000001.123456790",
                                "0x00000002",
                                "154",
                                "60",
                                "80",
                                "",
                                "memory-left",
                                description));
    }

    @Test
    void shouldLeaveAFileThatAnotherProcessCanRead(@TempDir final Path folder) throws IOException {
        final Path file = folder.resolve("ring");
        try (CaptureRing ring = CaptureRing.inFile(file, List.of(tap), CaptureSettings.defaults(), () -> now)) {
            receive(0, 30);
            assertThat(last(ring, 100)).hasSize(30);
            final CaptureReader live = CaptureReader.open(file);
            final List<Integer> numbers = new ArrayList<>();
            live.readLast(100, frame -> numbers.add(number(frame)));
            assertThat(numbers).isEqualTo(range(0, 30));
            assertThat(live.isWriterAlive()).isTrue();
        }
        receive(30, 30);
        final CaptureReader later = CaptureReader.open(file);
        assertThat(followed(later)).isEqualTo(range(0, 30));
        assertThat(later.interfaces()).extracting(CaptureReader.Interface::name).containsExactly("memory-left");
    }

    @Test
    void shouldBeAttachedAndDetachedWhilePolling() {
        receive(0, 5);
        try (CaptureRing first = ring(CaptureSettings.defaults())) {
            receive(5, 5);
            assertThatIllegalStateException()
                    .isThrownBy(() -> ring(CaptureSettings.defaults()))
                    .withMessage("port memory-left is being captured already: end that capture first");
            assertThat(last(first, 99)).isEqualTo(range(5, 10));
        }
        receive(10, 5);
        try (CaptureRing second = ring(CaptureSettings.defaults())) {
            receive(15, 5);
            assertThat(last(second, 99)).isEqualTo(range(15, 20));
        }
    }

    @Test
    void shouldMergeQueuePairsByTime() {
        try (MemoryPort.Pair wide = MemoryPort.pair(MemoryPortConfig.defaults().withQueuePairs(2))) {
            final TestFrames others = new TestFrames(wide.pool());
            final PcapTap both = new PcapTap(wide.left());
            try (CaptureRing ring = CaptureRing.inMemory(List.of(both), CaptureSettings.defaults(), () -> now)) {
                final List<Integer> expected = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    burst.add(others.tcp(PEER_IP, OUR_IP, i, 80, TcpFlags.ACK, 0));
                    both.txQueue(i * 7 % 3 % 2).transmit(burst);
                    expected.add(i);
                    now++;
                }
                assertThat(last(ring, 99)).isEqualTo(expected);
                assertThat(last(ring, 10)).isEqualTo(expected.subList(40, 50));
            }
        }
    }

    @Test
    void shouldAllocateNothingWhileItCaptures() {
        try (CaptureRing ring = ring(CaptureSettings.defaults().withFilter(CaptureFilter.parse("tcp port 80")))) {
            burst.clear();
            for (int i = 0; i < 8; i++) {
                burst.add(numbered(i));
            }
            assertThat(Allocations.bytesPer50Thousand(() -> {
                        cable.right().txQueue(0).transmit(burst);
                        tap.rxQueue(0).receive(burst);
                        tap.rxQueue(0).dropped(3, DropReason.LAND);
                        tap.txQueue(0).transmit(burst);
                        cable.right().rxQueue(0).receive(burst);
                    }))
                    .isZero();
            assertThat(last(ring, 8_192)).hasSize(8_192);
            freeAll();
        }
    }
}
