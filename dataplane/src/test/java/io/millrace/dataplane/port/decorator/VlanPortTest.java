package io.millrace.dataplane.port.decorator;

import static io.millrace.dataplane.TestFrames.OUR_MAC;
import static io.millrace.dataplane.TestFrames.PEER_MAC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.dataplane.FrameMeta;
import io.millrace.dataplane.TestFrames;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.ingress.DropReason;
import io.millrace.dataplane.ingress.FrameClassifier;
import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.MemoryPort;
import io.millrace.dataplane.port.MemoryPortConfig;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.port.TxQueue;
import io.millrace.dataplane.port.Vlan;
import io.millrace.dataplane.reassembly.TestFragments;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayName("A port in a VLAN")
@Tag("N5")
class VlanPortTest {
    private final MemoryPort.Pair pair = MemoryPort.pair(MemoryPortConfig.defaults());
    private final TestFrames frames = new TestFrames(pair.pool());
    private final VlanPort port = new VlanPort(pair.left(), new Vlan(100, 5));
    private final FrameClassifier classifier = new FrameClassifier(HostAddresses.builder(new MacAddress(OUR_MAC))
            .address("10.0.0.1/24")
            .build());
    private final FrameBurst burst = new FrameBurst(32);

    @AfterEach
    void close() {
        assertThat(pair.pool().available()).isEqualTo(8192);
        burst.close();
        pair.close();
    }

    @Test
    void shouldTakeTheTagOfItsVlanOutOfWhatArrives() {
        final long whole = frames.tcp(20);
        final byte[] untagged = TestFragments.bytes(whole, 0);
        final long received = overTheCable(tagged(whole, 100, 3));

        assertThat(received).isEqualTo(whole);
        assertThat(TestFragments.bytes(received, 0)).isEqualTo(untagged);
        assertThat(FrameMeta.kind(classifier.classify(received))).isEqualTo(FrameMeta.TCP4);
        frames.allocator.free(received);
    }

    @Test
    void shouldHaveWhatIsNotOfItsVlanDropped() {
        final List<Long> others = List.of(
                tagged(frames.tcp(20), 101, 0),
                tagged(frames.tcp(20), 0, 7),
                frames.tcp(20),
                frames.arp(1, PEER_MAC, TestFrames.PEER_IP, 0, TestFrames.OUR_IP),
                tagged(tagged(frames.tcp(20), 100, 0), 101, 0));
        for (final long frame : others) {
            final long received = overTheCable(frame);
            assertThat(DropReason.of(classifier.classify(received))).isEqualTo(DropReason.OTHER_VLAN);
            frames.allocator.free(received);
        }
    }

    @Test
    void shouldAskForTheFramesOfItsVlanThroughOtherDecorators() {
        final DevicePort device =
                new DevicePort(pair.left(), pair.left().rxQueue(0), pair.left().txQueue(0));
        final PacketPort between = new DevicePort(device, device.rxQueue(0), device.txQueue(0));

        assertThat(new VlanPort(between, new Vlan(100, 3)).queuePairs()).isEqualTo(1);

        assertThat(device.vlans).containsExactly(100);
    }

    @Test
    void shouldTakeTheDevicesWordForTagsThatItTookOut() {
        final RxQueue device = target -> {
            target.clear();
            for (final int tci : new int[] {5 << 13 | 100, 101, 3 << 13}) {
                final long mbuf = frames.tcp(20);
                Mbuf.offloadFlags(mbuf, MbufFlags.RX_VLAN | MbufFlags.RX_VLAN_STRIPPED);
                Mbuf.vlanTci(mbuf, tci);
                target.add(mbuf);
            }
            return target.size();
        };
        final VlanPort over =
                new VlanPort(new DevicePort(pair.left(), device, pair.left().txQueue(0)), new Vlan(100, 0));

        assertThat(over.rxQueue(0).receive(burst)).isEqualTo(3);

        assertThat(FrameMeta.kind(classifier.classify(burst.get(0)))).isEqualTo(FrameMeta.TCP4);
        assertThat(DropReason.of(classifier.classify(burst.get(1)))).isEqualTo(DropReason.OTHER_VLAN);
        assertThat(DropReason.of(classifier.classify(burst.get(2)))).isEqualTo(DropReason.OTHER_VLAN);
        freeAll();
    }

    @Test
    void shouldTagWhatItSendsOnceHoweverOftenTheDeviceIsFull() {
        final int[] room = {0};
        final TxQueue slow = frames -> {
            final int sent = Math.min(room[0], frames.size());
            frames.removeFirst(sent);
            return sent;
        };
        final VlanPort over =
                new VlanPort(new DevicePort(pair.left(), pair.left().rxQueue(0), slow), new Vlan(100, 5));
        final List<Long> sent =
                IntStream.range(0, 3).mapToObj(i -> frames.tcp(10 * i)).toList();
        final byte[] untagged = TestFragments.bytes(sent.get(2), 0);
        sent.forEach(burst::add);

        assertThat(over.txQueue(0).transmit(burst)).isZero();
        room[0] = 1;
        assertThat(over.txQueue(0).transmit(burst)).isEqualTo(1);
        assertThat(over.txQueue(0).transmit(burst)).isEqualTo(1);
        assertThat(over.txQueue(0).transmit(burst)).isEqualTo(1);

        final long last = sent.get(2);
        assertThat(Mbuf.dataLength(last)).isEqualTo(untagged.length + 4);
        assertThat(Memory.getShortBE(Mbuf.dataAddress(last) + 12)).isEqualTo(EtherType.VLAN);
        assertThat(Memory.getShortBE(Mbuf.dataAddress(last) + 14)).isEqualTo(5 << 13 | 100);
        assertThat(Memory.getShortBE(Mbuf.dataAddress(last) + 16)).isEqualTo(EtherType.IPV4);
        sent.forEach(frames.allocator::free);
    }

    @Test
    void shouldTellTheDeviceWhereTheIpHeaderHasMoved() {
        final long mbuf = frames.tcp(0);
        Mbuf.txOffload(mbuf, 14, 20, 0, 0);
        Mbuf.offloadFlags(mbuf, MbufFlags.TX_IPV4 | MbufFlags.TX_TCP_CHECKSUM);
        burst.clear();
        burst.add(mbuf);
        assertThat(port.txQueue(0).transmit(burst)).isEqualTo(1);
        assertThat(Mbuf.txOffload(mbuf)).isEqualTo(18 | 20 << 7);
        assertThat(pair.right().rxQueue(0).receive(burst)).isEqualTo(1);
        freeAll();
    }

    @Test
    void shouldRefuseVlansThatThereAreNot() {
        for (final int id : new int[] {0, 4095, -1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Vlan(id, 0))
                    .withMessageContaining("VLAN " + id);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new Vlan(1, 8));
    }

    private long overTheCable(final long mbuf) {
        burst.clear();
        burst.add(mbuf);
        assertThat(pair.right().txQueue(0).transmit(burst)).isEqualTo(1);
        assertThat(port.rxQueue(0).receive(burst)).isEqualTo(1);
        return burst.get(0);
    }

    private void freeAll() {
        for (int i = 0; i < burst.size(); i++) {
            frames.allocator.free(burst.get(i));
        }
    }

    /** Puts a tag into a frame, as a switch does. */
    public static long tagged(final long mbuf, final int vlanId, final int priority) {
        final long frame = Mbuf.dataAddress(mbuf);
        Memory.copy(frame, frame - 4, 12);
        Memory.putShortBE(frame + 8, EtherType.VLAN);
        Memory.putShortBE(frame + 10, priority << 13 | vlanId);
        Mbuf.dataOffset(mbuf, Mbuf.dataOffset(mbuf) - 4);
        Mbuf.length(mbuf, Mbuf.dataLength(mbuf) + 4);
        return mbuf;
    }

    /** A port whose queues the test plays. */
    private static final class DevicePort extends PortDecorator {
        private final RxQueue rx;
        private final TxQueue tx;
        private final List<Integer> vlans = new ArrayList<>();

        private DevicePort(final PacketPort port, final RxQueue rx, final TxQueue tx) {
            super(port);
            this.rx = rx;
            this.tx = tx;
        }

        @Override
        public void receiveVlan(final int id) {
            vlans.add(id);
            super.receiveVlan(id);
        }

        @Override
        public RxQueue rxQueue(final int queue) {
            return rx;
        }

        @Override
        public TxQueue txQueue(final int queue) {
            return tx;
        }

        @Override
        public void close() {}
    }
}
