package io.millrace.dataplane.port.decorator;

import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.PacketPort;
import io.millrace.dataplane.port.PortCapabilities;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.port.TxQueue;
import io.millrace.dataplane.port.Vlan;
import io.millrace.dataplane.wire.EtherType;
import io.millrace.dataplane.wire.EthernetHeader;
import io.millrace.dataplane.wire.MacAddress;
import io.millrace.dataplane.wire.VlanTag;
import io.millrace.dpdk.Mbuf;
import io.millrace.dpdk.MbufFlags;
import io.millrace.memory.Memory;

/**
 * A port that is in one VLAN: behind it nobody sees a tag. Of the frames that arrive those of the VLAN are freed of their
 * tag, whether the device took it out or left it in; the others, and those without a tag, are marked as another VLAN's, so
 * that the classifier drops and counts them. The frames sent get the tag, by the device if it can, else in the headroom.
 *
 * <p>As the port it is made of: closing it closes that one; each queue belongs to one thread. Allocates nothing after it
 * is made.
 */
public final class VlanPort extends PortDecorator {
    /** An identifier that no VLAN has (IEEE 802.1Q §9.6): marks frames for the classifier to drop. */
    private static final int NO_VLAN = 0xfff;

    private static final int VLAN_ID_MASK = 0xfff;
    private static final int ETHER_TYPE_OFFSET = 2 * MacAddress.LENGTH;

    private final RxQueue[] rxQueues;
    private final TxQueue[] txQueues;

    /** Puts {@code port} into a VLAN. */
    public VlanPort(final PacketPort port, final Vlan vlan) {
        super(port);
        port.receiveVlan(vlan.id());
        rxQueues = new RxQueue[port.queuePairs()];
        txQueues = new TxQueue[port.queuePairs()];
        for (int queue = 0; queue < rxQueues.length; queue++) {
            rxQueues[queue] = new UntaggingQueue(port.rxQueue(queue), vlan.id());
            txQueues[queue] = port.capabilities().vlanInsert()
                    ? new AskingQueue(port.txQueue(queue), vlan.control())
                    : new TaggingQueue(port.txQueue(queue), vlan.control());
        }
    }

    @Override
    public RxQueue rxQueue(final int queue) {
        return rxQueues[queue];
    }

    @Override
    public TxQueue txQueue(final int queue) {
        return txQueues[queue];
    }

    /** Tags are put by software into frames of one mbuf. */
    @Override
    public PortCapabilities capabilities() {
        final PortCapabilities all = port.capabilities();
        return all.vlanInsert() ? all : all.withoutSegmentation();
    }

    /** Takes the tags out of what arrives. */
    private static final class UntaggingQueue extends RxQueueDecorator {
        private final int vlanId;

        private UntaggingQueue(final RxQueue rx, final int vlanId) {
            super(rx);
            this.vlanId = vlanId;
        }

        @Override
        public int receive(final FrameBurst burst) {
            final int received = rx.receive(burst);
            for (int i = 0; i < received; i++) {
                untag(burst.get(i));
            }
            return received;
        }

        private void untag(final long mbuf) {
            final long flags = Mbuf.offloadFlags(mbuf);
            if ((flags & MbufFlags.RX_VLAN_STRIPPED) != 0) {
                if ((Mbuf.vlanTci(mbuf) & VLAN_ID_MASK) == vlanId) {
                    Mbuf.offloadFlags(mbuf, flags & ~(MbufFlags.RX_VLAN_STRIPPED | MbufFlags.RX_VLAN));
                    Mbuf.vlanTci(mbuf, 0);
                } else if ((Mbuf.vlanTci(mbuf) & VLAN_ID_MASK) == 0) {
                    Mbuf.vlanTci(mbuf, NO_VLAN); // a priority tag names no VLAN, so the frame is in none
                }
                return;
            }
            final long frame = Mbuf.dataAddress(mbuf);
            final int length = Mbuf.dataLength(mbuf);
            if (length >= EthernetHeader.LENGTH + VlanTag.LENGTH
                    && Mbuf.segments(mbuf) == 1
                    && Memory.getShortBE(frame + ETHER_TYPE_OFFSET) == EtherType.VLAN
                    && (Memory.getShortBE(frame + EthernetHeader.LENGTH) & VLAN_ID_MASK) == vlanId) {
                Memory.copy(frame, frame + VlanTag.LENGTH, ETHER_TYPE_OFFSET);
                Mbuf.dataOffset(mbuf, Mbuf.dataOffset(mbuf) + VlanTag.LENGTH);
                Mbuf.length(mbuf, length - VlanTag.LENGTH);
            } else {
                Mbuf.offloadFlags(mbuf, flags | MbufFlags.RX_VLAN | MbufFlags.RX_VLAN_STRIPPED);
                Mbuf.vlanTci(mbuf, NO_VLAN);
            }
        }
    }

    /** Asks the device to put the tag into what is sent. */
    private record AskingQueue(TxQueue queue, int control) implements TxQueue {
        @Override
        public int transmit(final FrameBurst burst) {
            for (int i = 0; i < burst.size(); i++) {
                final long mbuf = burst.get(i);
                Mbuf.offloadFlags(mbuf, Mbuf.offloadFlags(mbuf) | MbufFlags.TX_VLAN);
                Mbuf.vlanTci(mbuf, control);
            }
            return queue.transmit(burst);
        }
    }

    /**
     * Puts the tag into what is sent. A frame that the device had no room for comes again and has its tag already: nobody
     * behind the port makes tagged frames.
     */
    private record TaggingQueue(TxQueue queue, int control) implements TxQueue {
        @Override
        public int transmit(final FrameBurst burst) {
            for (int i = 0; i < burst.size(); i++) {
                final long mbuf = burst.get(i);
                if (Memory.getShortBE(Mbuf.dataAddress(mbuf) + ETHER_TYPE_OFFSET) != EtherType.VLAN) {
                    tag(mbuf);
                }
            }
            return queue.transmit(burst);
        }

        private void tag(final long mbuf) {
            if (Mbuf.dataOffset(mbuf) < VlanTag.LENGTH) {
                // Whoever writes frames leaves the usual headroom: without it the tag would overwrite the mbuf itself.
                throw new IllegalStateException(
                        "a frame with " + Mbuf.dataOffset(mbuf) + " bytes of headroom has no room for a VLAN tag");
            }
            final long frame = Mbuf.dataAddress(mbuf) - VlanTag.LENGTH;
            Memory.copy(frame + VlanTag.LENGTH, frame, ETHER_TYPE_OFFSET);
            Memory.putShortBE(frame + ETHER_TYPE_OFFSET, EtherType.VLAN);
            Memory.putShortBE(frame + ETHER_TYPE_OFFSET + 2, control);
            Mbuf.dataOffset(mbuf, Mbuf.dataOffset(mbuf) - VlanTag.LENGTH);
            Mbuf.length(mbuf, Mbuf.dataLength(mbuf) + VlanTag.LENGTH);
            if ((Mbuf.offloadFlags(mbuf) & (MbufFlags.TX_TCP_CHECKSUM | MbufFlags.TX_IP_CHECKSUM)) != 0) {
                Mbuf.lengthenLayer2(mbuf, VlanTag.LENGTH); // the device finds the IP header by it
            }
        }
    }
}
