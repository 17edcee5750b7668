package io.millrace.dpdk;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import java.util.concurrent.TimeUnit;

/**
 * One end of a link between two processes. The server sends back every frame; the generator sends numbered frames and
 * checks that each comes back once, in order and unchanged. Arguments: {@code server|generator}, {@code huge|nohuge},
 * the device, the number of frames, and perhaps {@code interrupts}: then the server sleeps while there is nothing.
 */
final class LinkPeer {
    private static final int BURST = 32;
    private static final int IN_FLIGHT = 512;
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(40);

    private final EthRxQueue rx;
    private final EthTxQueue tx;
    private final MbufCache cache;
    private final long array;
    private final long frames;
    private long sleeps;
    private final long deadline = System.nanoTime() + DEADLINE_NANOS;

    private LinkPeer(
            final EthRxQueue rx, final EthTxQueue tx, final MbufCache cache, final long array, final long frames) {
        this.rx = rx;
        this.tx = tx;
        this.cache = cache;
        this.array = array;
        this.frames = frames;
    }

    public static void main(final String[] args) {
        final boolean huge = args[1].equals("huge");
        final Devargs device = Devargs.parse(args[2]);
        final EalOptions options = EalOptions.builder()
                .hugePages(huge)
                .memoryMegabytes(huge ? 0 : 256)
                .device(device)
                .build();
        try (Eal eal = Eal.start(options);
                Mempool pool = Mempool.create(eal, "frames", 8191);
                EthDev dev = EthDev.attach(eal, device);
                MemoryRegion array = MemoryRegion.allocate("a burst", BURST * 8L)) {
            final boolean interrupts = args.length > 4 && args[4].equals("interrupts");
            dev.configure(EthDevConfig.builder().rxInterrupts(interrupts).build(), pool);
            dev.start();
            System.out.println("listening");
            eal.registerThread();
            try (MbufCache cache = pool.newCache()) {
                final LinkPeer peer =
                        new LinkPeer(dev.rxQueue(0), dev.txQueue(0), cache, array.address(), Long.parseLong(args[3]));
                System.out.println(args[0].equals("server") ? peer.echo() : peer.generate());
            } finally {
                eal.unregisterThread();
            }
            System.out.println(dev.link() + " " + dev.stats());
        }
    }

    private String echo() {
        long echoed = 0;
        while (echoed < frames && System.nanoTime() < deadline) {
            int received = rx.receive(array, BURST);
            if (received == 0) {
                received = rest();
            }
            int sent = 0;
            while (sent < received && System.nanoTime() < deadline) {
                sent += tx.transmit(array + sent * 8L, received - sent);
            }
            echoed += sent;
        }
        return "echoed " + echoed + ", slept " + sleeps;
    }

    /** Gives the CPU away, asleep where the queue can wake us; frames that came in between. */
    private int rest() {
        if (!rx.enableInterrupt()) {
            Thread.yield(); // the other process may be waiting for this very CPU
            return 0;
        }
        final int meanwhile = rx.receive(array, BURST);
        if (meanwhile == 0 && PollDescriptor.await(rx.interruptDescriptor(), 100)) {
            sleeps++;
        }
        rx.disableInterrupt();
        return meanwhile;
    }

    private String generate() {
        final long begin = System.nanoTime();
        long sent = 0;
        long returned = 0;
        while (returned < frames && System.nanoTime() < deadline) {
            if (sent - returned == IN_FLIGHT) {
                Thread.yield(); // the other process may be waiting for this very CPU
            }
            final long room = Math.min(IN_FLIGHT - (sent - returned), frames - sent);
            sent += send(sent, (int) Math.min(room, BURST));
            returned = receive(returned);
        }
        final long micros = (System.nanoTime() - begin) / 1000;
        return "returned " + returned + " in " + micros + " us";
    }

    private int send(final long first, final int count) {
        for (int i = 0; i < count; i++) {
            final long mbuf = cache.alloc();
            Mbuf.length(mbuf, 60);
            Memory.putLong(Mbuf.dataAddress(mbuf), -1); // broadcast
            Memory.putLong(Mbuf.dataAddress(mbuf) + 20, first + i);
            Memory.putLong(array + i * 8L, mbuf);
        }
        final int sent = count == 0 ? 0 : tx.transmit(array, count);
        for (int i = sent; i < count; i++) {
            cache.free(Memory.getLong(array + i * 8L));
        }
        return sent;
    }

    private long receive(final long expected) {
        final int received = rx.receive(array, BURST);
        for (int i = 0; i < received; i++) {
            final long mbuf = Memory.getLong(array + i * 8L);
            final long number = Memory.getLong(Mbuf.dataAddress(mbuf) + 20);
            if (number != expected + i || Mbuf.packetLength(mbuf) != 60) {
                throw new IllegalStateException("frame " + number + " of " + Mbuf.packetLength(mbuf)
                        + " bytes, expected " + (expected + i) + " of 60");
            }
            cache.free(mbuf);
        }
        return expected + received;
    }
}
