package io.millrace.dpdk;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two ports of one process with a cable between them: sends numbered frames into each and checks what comes out of the
 * other. Arguments: both devices, the number of frames each way, and perhaps {@code huge} for huge pages and
 * {@code asleep} to wait for each frame's interrupt.
 */
final class CablePeer {
    private static final int BURST = 32;
    private static final int LENGTH = 100;
    private static final long ETHERTYPE_EXPERIMENTAL = 0x88b5;

    private static final int PATIENCE_MILLIS = 20_000;

    private CablePeer() {}

    public static void main(final String[] args) {
        final long frames = Long.parseLong(args[2]);
        final List<String> ways = List.of(args).subList(3, args.length);
        final boolean asleep = ways.contains("asleep");
        final boolean huge = ways.contains("huge");
        final EalOptions options = EalOptions.builder()
                .hugePages(huge)
                .memoryMegabytes(huge ? 0 : 256)
                .build();
        try (Eal eal = Eal.start(options);
                Mempool pool = Mempool.create(eal, "frames", 8191);
                EthDev from = EthDev.attach(eal, Devargs.parse(args[0]));
                EthDev to = EthDev.attach(eal, Devargs.parse(args[1]));
                MbufCache cache = pool.newCache();
                MemoryRegion array = MemoryRegion.allocate("a burst", BURST * 8L)) {
            for (final EthDev dev : new EthDev[] {from, to}) {
                dev.configure(
                        EthDevConfig.builder()
                                .promiscuous(true)
                                .rxInterrupts(asleep)
                                .build(),
                        pool);
                dev.start();
            }
            System.out.println(from.info() + " " + from.link() + " " + Long.toHexString(from.macAddress()));
            System.out.println(
                    "there: received " + carry(from, to, cache, array.address(), frames, asleep) + " of " + frames);
            System.out.println(
                    "back: received " + carry(to, from, cache, array.address(), frames, asleep) + " of " + frames);
            System.out.println(from.stats() + " " + to.stats());
        }
    }

    private static long carry(
            final EthDev from,
            final EthDev to,
            final MbufCache cache,
            final long array,
            final long frames,
            final boolean asleep) {
        final EthTxQueue tx = from.txQueue(0);
        final EthRxQueue rx = to.rxQueue(0);
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        long received = 0;
        long sent = 0;
        while (received < frames && System.nanoTime() < deadline) {
            if (sent - received < (asleep ? 1 : BURST) && sent < frames) {
                sent += send(tx, cache, array, sent);
            }
            if (asleep) {
                awaitInterrupt(rx);
            }
            received = receive(rx, cache, array, received);
        }
        return received;
    }

    /** What was sent before the interrupt was enabled is told too by a driver whose socket is always watched. */
    private static void awaitInterrupt(final EthRxQueue rx) {
        if (!PollDescriptor.await(rx.interruptDescriptor(), PATIENCE_MILLIS)) {
            throw new IllegalStateException("no interrupt; descriptor " + rx.interruptDescriptor());
        }
        rx.disableInterrupt();
        if (PollDescriptor.await(rx.interruptDescriptor(), 0)) {
            throw new IllegalStateException("readable after it was switched off");
        }
        if (!rx.enableInterrupt()) {
            throw new IllegalStateException("promises no interrupt");
        }
    }

    private static int send(final EthTxQueue tx, final MbufCache cache, final long array, final long number) {
        final long mbuf = cache.alloc();
        final long data = Mbuf.dataAddress(mbuf);
        Mbuf.length(mbuf, LENGTH);
        Memory.fill(data, LENGTH, (int) number);
        Memory.fill(data, 12, 0xff); // broadcast
        Memory.putShortBE(data + 12, (int) ETHERTYPE_EXPERIMENTAL);
        Memory.putLong(data + 20, number);
        Memory.putLong(array, mbuf);
        final int sent = tx.transmit(array, 1);
        if (sent == 0) {
            cache.free(mbuf);
        }
        return sent;
    }

    private static long receive(final EthRxQueue rx, final MbufCache cache, final long array, final long expected) {
        long next = expected;
        final int count = rx.receive(array, BURST);
        for (int i = 0; i < count; i++) {
            final long mbuf = Memory.getLong(array + i * 8L);
            final long data = Mbuf.dataAddress(mbuf);
            if (Memory.getShortBE(data + 12) == ETHERTYPE_EXPERIMENTAL) {
                if (Mbuf.packetLength(mbuf) != LENGTH
                        || Memory.getLong(data + 20) != next
                        || Memory.getByte(data + LENGTH - 1) != (byte) next) {
                    throw new IllegalStateException("expected frame " + next + ", got " + Memory.getLong(data + 20));
                }
                next++;
            }
            cache.free(mbuf);
        }
        return next;
    }
}
