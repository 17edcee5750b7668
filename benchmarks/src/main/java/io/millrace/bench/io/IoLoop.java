package io.millrace.bench.io;

import io.millrace.dataplane.port.FrameBurst;
import io.millrace.dataplane.port.RxQueue;
import io.millrace.dataplane.port.TxQueue;
import io.millrace.dpdk.EthRxQueue;
import io.millrace.dpdk.EthTxQueue;
import io.millrace.dpdk.Mbuf;
import io.millrace.memory.Memory;

/**
 * Receives, swaps each frame's MAC addresses, transmits: what {@code loop.c} does, line by line. One polling thread;
 * allocates nothing.
 */
sealed interface IoLoop {
    /** Receives so many times; returns the number of frames that went through. */
    long run(int receptions);

    /** The twelve bytes of both addresses in one load of eight and one of four, on the frame's first cache line. */
    private static void swapAddresses(final long mbuf) {
        final long data = Mbuf.dataAddress(mbuf);
        final long first = Memory.getLong(data);
        final int last = Memory.getInt(data + 8);
        final long source = first >>> 48 | (last & 0xffff_ffffL) << 16;
        Memory.putLong(data, source | first << 48);
        Memory.putInt(data + 8, (int) (first >>> 16));
    }

    /** Through the queues of a port. */
    record OverPort(RxQueue rx, TxQueue tx, FrameBurst burst) implements IoLoop {
        @Override
        public long run(final int receptions) {
            long frames = 0;
            for (int i = 0; i < receptions; i++) {
                final int received = rx.receive(burst);
                for (int f = 0; f < received; f++) {
                    swapAddresses(burst.get(f));
                }
                while (!burst.isEmpty()) {
                    tx.transmit(burst);
                }
                frames += received;
            }
            return frames;
        }
    }

    /** Through the queues of the bindings, {@code frames} being the address of room for {@code burst} mbufs' addresses. */
    record OverDevice(EthRxQueue rx, EthTxQueue tx, long frames, int burst) implements IoLoop {
        @Override
        public long run(final int receptions) {
            long count = 0;
            for (int i = 0; i < receptions; i++) {
                final int received = rx.receive(frames, burst);
                for (int f = 0; f < received; f++) {
                    swapAddresses(Memory.getLong(frames + (long) f * Long.BYTES));
                }
                for (int gone = 0; gone < received; ) {
                    gone += tx.transmit(frames + (long) gone * Long.BYTES, received - gone);
                }
                count += received;
            }
            return count;
        }
    }
}
