package io.millrace.dpdk;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A port over {@code net_tap} whose other end is the kernel of the same namespace: takes datagrams from the kernel, asleep
 * until its interrupt comes, and answers each. Arguments: the number of datagrams.
 */
final class TapPeer {
    private static final int BURST = 32;
    private static final int HEADERS = 14 + 20 + 8;
    private static final int PATIENCE_MILLIS = 20_000;

    private TapPeer() {}

    public static void main(final String[] args) throws Exception {
        final int datagrams = Integer.parseInt(args[0]);
        // Or the kernel says words of its own as soon as the interface is up.
        Files.writeString(Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6"), "1");
        final EalOptions options =
                EalOptions.builder().hugePages(false).memoryMegabytes(256).build();
        try (Eal eal = Eal.start(options);
                Mempool pool = Mempool.create(eal, "frames", 8191);
                EthDev dev = EthDev.attach(eal, Devargs.parse("net_tap0,iface=milltap"));
                MemoryRegion array = MemoryRegion.allocate("a burst", BURST * 8L)) {
            dev.configure(
                    EthDevConfig.builder().rxInterrupts(true).allMulticast(true).build(), pool);
            dev.start();
            System.out.println("multicast " + dev.multicast());
            ip("addr add 10.77.0.1/24 dev milltap");
            ip("neigh add 10.77.0.2 lladdr 02:00:00:00:00:02 dev milltap nud permanent");
            try (DatagramSocket socket = new DatagramSocket(4000, InetAddress.getByName("10.77.0.1"))) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                talk(dev, array.address(), socket, datagrams);
            }
            System.out.println(dev.extendedStats());
        }
    }

    private static void talk(final EthDev dev, final long array, final DatagramSocket socket, final int datagrams)
            throws Exception {
        final EthRxQueue rx = dev.rxQueue(0);
        final EthTxQueue tx = dev.txQueue(0);
        int slept = 0;
        for (int i = 0; i < datagrams; i++) {
            expectNothing(rx, array);
            if (!rx.enableInterrupt()) {
                throw new IllegalStateException("no interrupt; descriptor " + rx.interruptDescriptor());
            }
            if (rx.receive(array, BURST) == 0 && !PollDescriptor.await(rx.interruptDescriptor(), 0)) {
                slept++; // nothing is there: the descriptor is not readable, and would let us sleep
            }
            socket.send(new DatagramPacket(new byte[] {(byte) i}, 1, InetAddress.getByName("10.77.0.2"), 4001));
            if (!PollDescriptor.await(rx.interruptDescriptor(), PATIENCE_MILLIS)) {
                throw new IllegalStateException("datagram " + i + " raised no interrupt");
            }
            rx.disableInterrupt();
            if (PollDescriptor.await(rx.interruptDescriptor(), 0)) {
                throw new IllegalStateException("readable after it was switched off");
            }
            answer(receiveOne(rx, array), tx, array);
            final DatagramPacket answer = new DatagramPacket(new byte[4], 4);
            socket.receive(answer);
            if (answer.getLength() != 1 || answer.getData()[0] != (byte) i) {
                throw new IllegalStateException(
                        "answer " + i + " is " + answer.getLength() + " bytes, " + answer.getData()[0]);
            }
        }
        System.out.println("answered " + datagrams + ", slept before " + slept + ", " + dev.stats());
    }

    private static void expectNothing(final EthRxQueue rx, final long array) {
        if (rx.receive(array, BURST) != 0) {
            throw new IllegalStateException("a frame nobody sent");
        }
    }

    private static long receiveOne(final EthRxQueue rx, final long array) {
        final long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (System.nanoTime() < deadline) {
            if (rx.receive(array, BURST) == 1) {
                return Memory.getLong(array);
            }
        }
        throw new IllegalStateException("an interrupt without a frame");
    }

    /** Sends the datagram back in its own mbuf, both ends exchanged: no checksum changes by that. */
    private static void answer(final long mbuf, final EthTxQueue tx, final long array) {
        final long data = Mbuf.dataAddress(mbuf);
        swap(data, data + 6, 6);
        swap(data + 26, data + 30, 4);
        swap(data + 34, data + 36, 2);
        Mbuf.resetForTransmit(mbuf);
        if (Mbuf.packetLength(mbuf) < HEADERS + 1 || tx.transmit(array, 1) != 1) {
            throw new IllegalStateException("not sent: " + Mbuf.packetLength(mbuf) + " bytes");
        }
    }

    private static void swap(final long one, final long other, final int bytes) {
        for (int i = 0; i < bytes; i++) {
            final byte kept = Memory.getByte(one + i);
            Memory.putByte(one + i, Memory.getByte(other + i));
            Memory.putByte(other + i, kept);
        }
    }

    private static void ip(final String arguments) throws Exception {
        final Process process =
                new ProcessBuilder(("ip " + arguments).split(" ")).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("failed: ip " + arguments);
        }
    }
}
