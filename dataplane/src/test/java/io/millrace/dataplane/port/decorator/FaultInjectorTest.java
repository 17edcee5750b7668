package io.millrace.dataplane.port.decorator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.wire.ArpPacket;
import io.millrace.dataplane.wire.InternetChecksum;
import io.millrace.dataplane.wire.TcpFlags;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A fault injector")
class FaultInjectorTest {
    private static final long MILLI = 1_000_000;
    private static final long SEED = 42;

    private final MemoryPort.Pair cable =
            MemoryPort.pair(MemoryPortConfig.defaults().withQueueCapacity(2_048));
    private final int total = cable.pool().available();
    private final TestFrames frames = new TestFrames(cable.pool());
    private final FrameBurst burst = new FrameBurst(64);
    private FaultInjector port;
    private long now = -5; // a clock may pass 0

    private void open(final Faults receiving, final Faults sending, final long seed) {
        port = new FaultInjector(cable.right(), receiving, sending, seed, () -> now);
    }

    private void openSending(final Faults sending) {
        open(Faults.NONE, sending, SEED);
    }

    @AfterEach
    void shouldGiveEveryFrameBack() {
        burst.close();
        port.close();
        cable.left().close();
        final int missing = total - cable.pool().available();
        cable.pool().close();
        assertThat(missing).as("frames not given back").isZero();
    }

    private void send(final long mbuf) {
        burst.clear();
        burst.add(mbuf);
        assertThat(port.txQueue(0).transmit(burst)).isEqualTo(1);
        assertThat(burst.isEmpty()).isTrue();
    }

    /** A frame that tells its number by its sequence number. */
    private long numbered(final int number) {
        final long mbuf = frames.tcp(46);
        Memory.putIntBE(Mbuf.dataAddress(mbuf) + 38, number);
        return mbuf;
    }

    /** The numbers of the frames that have come through; the frames are freed. */
    private List<Integer> arrived() {
        final List<Integer> numbers = new ArrayList<>();
        int nothing = 0;
        while (nothing < 2) { // the cable's ring brings nothing once at its end
            nothing = cable.left().rxQueue(0).receive(burst) == 0 ? nothing + 1 : 0;
            for (int i = 0; i < burst.size(); i++) {
                numbers.add(Memory.getIntBE(Mbuf.dataAddress(burst.get(i)) + 38));
                frames.allocator.free(burst.get(i));
            }
        }
        return numbers;
    }

    /** Polls for the given time, a millisecond at a time, with what arrives in it. */
    private List<Integer> arrivedWithin(final long millis) {
        final List<Integer> numbers = new ArrayList<>();
        for (long i = 0; i < millis; i++) {
            now += MILLI;
            port.rxQueue(0).receive(burst);
            numbers.addAll(arrived());
        }
        return numbers;
    }

    private List<Integer> sendNumbers(final int count) {
        final List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            send(numbered(i));
            numbers.addAll(arrived());
        }
        return numbers;
    }

    private long sent(final Counter counter) {
        return port.counters().get(1).get(counter);
    }

    private static List<Integer> range(final int to) {
        return IntStream.range(0, to).boxed().toList();
    }

    @Test
    void shouldChangeNothingOnAGoodCable() {
        openSending(Faults.NONE);
        assertThat(sendNumbers(500)).isEqualTo(range(500));
        assertThat(port.counters())
                .allSatisfy(block -> assertThat(Stream.of(Counter.values()).filter(counter -> block.get(counter) != 0))
                        .isEmpty());
    }

    @Test
    void shouldLoseTheShareAskedFor() {
        openSending(Faults.builder().loss(0.1).build());
        final int count = 20_000;
        final List<Integer> came = sendNumbers(count);
        // the seed is fixed, so this holds always; four standard deviations are 170
        assertThat(sent(Counter.FAULT_LOST)).isCloseTo(count / 10, within(170L));
        assertThat(came).hasSize(count - (int) sent(Counter.FAULT_LOST)).isSorted();
        assertThat(port.counters().getFirst().get(Counter.FAULT_LOST)).isZero();
    }

    @Test
    void shouldLoseInBurstsOfTheMeanLengthAskedFor() {
        openSending(Faults.builder().burstLoss(0.01, 0.25).build());
        final int count = 20_000;
        final List<Integer> came = sendNumbers(count);
        int bursts = 0;
        for (int i = 1; i < came.size(); i++) {
            bursts += came.get(i) > came.get(i - 1) + 1 ? 1 : 0;
        }
        final double lost = sent(Counter.FAULT_LOST);
        assertThat(lost / bursts).as("mean length").isCloseTo(1 / 0.25, within(0.5));
        assertThat(lost / count).as("share").isCloseTo(0.01 / (0.01 + 0.25), within(0.005));
    }

    @Test
    void shouldDoubleFrames() {
        openSending(Faults.builder().duplicate(0.2).build());
        final List<Integer> came = sendNumbers(5_000);
        assertThat(came).isSorted();
        assertThat(new HashSet<>(came)).hasSize(5_000);
        assertThat(came.size() - 5_000).isEqualTo((int) sent(Counter.FAULT_DUPLICATED));
        assertThat(sent(Counter.FAULT_DUPLICATED)).isCloseTo(1_000, within(115L));
    }

    @Test
    void shouldLetFramesBeOvertakenAndLoseNone() {
        openSending(Faults.builder().reorder(0.1, 20 * MILLI).build());
        final List<Integer> came = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            send(numbered(i));
            came.addAll(arrivedWithin(1));
        }
        came.addAll(arrivedWithin(21));
        assertThat(came.stream().sorted().toList()).isEqualTo(range(1_000));
        final List<Integer> late = IntStream.range(1, came.size())
                .filter(i -> came.get(i) < came.get(i - 1))
                .map(came::get)
                .boxed()
                .toList();
        assertThat(late).hasSizeBetween(50, (int) sent(Counter.FAULT_REORDERED));
    }

    @Test
    void shouldTurnOverOneBitOfAnIpPacketAndNothingOfOthers() {
        openSending(Faults.builder().corrupt(1).build());
        for (int i = 0; i < 200; i++) {
            final long mbuf = numbered(i);
            final byte[] before = bytes(mbuf);
            send(mbuf);
            cable.left().rxQueue(0).receive(burst);
            if (burst.isEmpty()) {
                cable.left().rxQueue(0).receive(burst);
            }
            final byte[] after = bytes(burst.get(0));
            int bits = 0;
            for (int b = 0; b < before.length; b++) {
                bits += Integer.bitCount((before[b] ^ after[b]) & 0xff);
                assertThat(b < 14 && before[b] != after[b])
                        .as("Ethernet header")
                        .isFalse();
            }
            assertThat(bits).isEqualTo(1);
            frames.allocator.free(burst.get(0));
        }
        assertThat(sent(Counter.FAULT_CORRUPTED)).isEqualTo(200);
        final long arp = frames.arp(ArpPacket.REQUEST, TestFrames.PEER_MAC, 1, 0, 2);
        final byte[] before = bytes(arp);
        send(arp);
        while (cable.left().rxQueue(0).receive(burst) == 0) {
            // its ring's end
        }
        assertThat(bytes(burst.get(0))).isEqualTo(before);
        frames.allocator.free(burst.get(0));
        assertThat(sent(Counter.FAULT_CORRUPTED)).isEqualTo(200);
    }

    private static byte[] bytes(final long mbuf) {
        final byte[] bytes = new byte[Mbuf.dataLength(mbuf)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = Memory.getByte(Mbuf.dataAddress(mbuf) + i);
        }
        return bytes;
    }

    @Test
    void shouldNotLetADeviceVouchForACorruptedFrame() {
        try (MemoryPort.Pair able = MemoryPort.pair(MemoryPortConfig.defaults().withChecksumOffload(true))) {
            final TestFrames others = new TestFrames(able.pool());
            final Faults corrupting = Faults.builder().corrupt(1).build();
            final FaultInjector bad = new FaultInjector(able.right(), corrupting, corrupting, SEED, () -> now);
            assertThat(able.right().capabilities().txTcpChecksum()).isTrue();
            assertThat(bad.capabilities().txTcpChecksum()).isFalse();
            assertThat(bad.capabilities().txIpv4Checksum()).isFalse();

            final long mbuf = others.tcp(10);
            Mbuf.offloadFlags(mbuf, MbufFlags.TX_TCP_CHECKSUM | MbufFlags.TX_IP_CHECKSUM);
            burst.add(mbuf);
            able.left().txQueue(0).transmit(burst);
            bad.rxQueue(0).receive(burst);
            final long flags = Mbuf.offloadFlags(burst.get(0));
            assertThat(flags & MbufFlags.RX_L4_CHECKSUM_MASK).isEqualTo(MbufFlags.RX_L4_CHECKSUM_UNKNOWN);
            assertThat(flags & MbufFlags.RX_IP_CHECKSUM_MASK).isEqualTo(MbufFlags.RX_IP_CHECKSUM_UNKNOWN);
            final long ip = Mbuf.dataAddress(burst.get(0)) + 14;
            final boolean whole = InternetChecksum.isValid(InternetChecksum.sum(ip, 20))
                    && InternetChecksum.isValid(
                            InternetChecksum.pseudoHeader(Memory.getIntBE(ip + 12), Memory.getIntBE(ip + 16), 6, 30)
                                    + InternetChecksum.sum(ip + 20, 30));
            assertThat(whole).isFalse();
            others.allocator.free(burst.get(0));
        }
        openSending(Faults.NONE);
    }

    @Test
    void shouldDelayByTheTimeAskedForAndKeepTheOrder() {
        openSending(Faults.builder().delay(20 * MILLI, 0).build());
        for (int i = 0; i < 10; i++) {
            send(numbered(i));
        }
        assertThat(arrivedWithin(19)).isEmpty();
        assertThat(arrivedWithin(1)).isEqualTo(range(10));
        assertThat(sent(Counter.FAULT_DELAYED)).isEqualTo(10);
    }

    @Test
    void shouldVaryTheDelayWithinTheJitter() {
        openSending(Faults.builder().delay(20 * MILLI, 5 * MILLI).build());
        for (int i = 0; i < 400; i++) {
            send(numbered(i));
        }
        assertThat(arrivedWithin(14)).isEmpty();
        final List<Integer> perMilli =
                IntStream.range(0, 12).map(i -> arrivedWithin(1).size()).boxed().toList();
        assertThat(perMilli.stream().mapToInt(i -> i).sum()).isEqualTo(400);
        assertThat(perMilli.subList(1, 11))
                .allSatisfy(count -> assertThat(count).isBetween(15, 65));
    }

    @Test
    void shouldHoldToTheRateAndDropWhatTheQueueHasNoRoomFor() {
        // 100 bytes each: one a millisecond, and ten in the queue beside the one on the line
        openSending(Faults.builder().rate(100_000, 1_000).build());
        for (int i = 0; i < 30; i++) {
            send(numbered(i));
        }
        assertThat(sent(Counter.FAULT_QUEUE_DROPS)).isEqualTo(30 - 11);
        assertThat(arrivedWithin(5)).isEqualTo(range(5));
        assertThat(arrivedWithin(100)).isEqualTo(IntStream.range(5, 11).boxed().toList());
        send(numbered(77));
        assertThat(arrivedWithin(1)).as("the line was free").containsExactly(77);
    }

    @Test
    void shouldDropWhatItHasNoRoomToHold() {
        openSending(Faults.builder().delay(20 * MILLI, 0).build());
        for (int i = 0; i < FaultyLine.CAPACITY + 10; i++) {
            send(numbered(i));
        }
        assertThat(sent(Counter.FAULT_QUEUE_DROPS)).isEqualTo(10);
        assertThat(arrivedWithin(40)).isEqualTo(range(FaultyLine.CAPACITY));
    }

    @Test
    void shouldTreatEachDirectionByItsOwn() {
        open(Faults.builder().loss(1).build(), Faults.NONE, SEED);
        assertThat(sendNumbers(10)).isEqualTo(range(10));
        burst.add(frames.tcp(0));
        cable.left().txQueue(0).transmit(burst);
        assertThat(port.rxQueue(0).receive(burst)).isZero();
        assertThat(port.counters().getFirst().get(Counter.FAULT_LOST)).isEqualTo(1);
    }

    /** What comes, when and how, of a day with everything. */
    private List<String> story(final long seed) {
        final Faults faults = Faults.builder()
                .loss(0.1)
                .burstLoss(0.02, 0.3)
                .duplicate(0.1)
                .corrupt(0.1)
                .reorder(0.1, 3 * MILLI)
                .delay(4 * MILLI, 2 * MILLI)
                .rate(200_000, 4_000)
                .build();
        now = 0;
        open(faults, faults, seed);
        final List<String> story = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            send(frames.tcp(TestFrames.PEER_IP, TestFrames.OUR_IP, i, 80, TcpFlags.ACK, i % 200));
            now += MILLI / 2;
            port.rxQueue(0).receive(burst);
            int nothing = 0;
            while (nothing < 2) {
                nothing = cable.left().rxQueue(0).receive(burst) == 0 ? nothing + 1 : 0;
                for (int f = 0; f < burst.size(); f++) {
                    story.add(i + " " + Arrays.hashCode(bytes(burst.get(f))));
                    frames.allocator.free(burst.get(f));
                }
            }
        }
        story.add(port.counters().stream()
                .map(block -> Stream.of(Counter.values())
                        .map(counter -> Long.toString(block.get(counter)))
                        .collect(Collectors.joining(",")))
                .collect(Collectors.joining(";")));
        return story;
    }

    @Test
    void shouldDoTheSameWithTheSameSeed() {
        final List<String> first = story(1);
        final FaultInjector before = port;
        final List<String> again = story(1);
        final FaultInjector second = port;
        final List<String> other = story(2);
        assertThat(first).hasSizeGreaterThan(1_000);
        assertThat(again).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
        drain(before);
        drain(second);
    }

    /** Closing an injector closes its port, which the next one uses: so its frames are waited for. */
    private void drain(final FaultInjector injector) {
        now += 1_000 * MILLI;
        injector.rxQueue(0).receive(burst);
        arrived();
    }

    @Test
    void shouldAllocateNothing() {
        openSending(Faults.builder()
                .duplicate(0.1)
                .reorder(0.1, 3)
                .corrupt(0.1)
                .delay(10, 5)
                .build());
        burst.clear();
        final long[] allocated = {0};
        allocated[0] = Allocations.bytesPer50Thousand(() -> {
            if (cable.left().rxQueue(0).receive(burst) > 4) {
                for (int i = 4; i < burst.size(); i++) {
                    frames.allocator.free(burst.get(i));
                }
                burst.size(4);
            }
            if (burst.size() < 4) {
                burst.add(frames.allocator.allocate());
                Mbuf.length(burst.get(burst.size() - 1), 60);
            }
            port.txQueue(0).transmit(burst);
            now++;
        });
        assertThat(allocated[0]).isZero();
        arrivedWithin(1);
    }

    @Test
    void shouldNameASettingThatCantBe() {
        openSending(Faults.NONE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Faults.builder().loss(1.5).build())
                .withMessage("chance of loss 1.5: must be 0 to 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Faults.builder().delay(1, 2).build())
                .withMessageContaining("jitter of 2 ns exceeds the delay of 1 ns");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Faults.builder().burstLoss(0.1, 0).build())
                .withMessageContaining("no frame ever comes again");
    }
}
