package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.memory.Memory;
import io.millrace.memory.MemoryRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePortsTest {
    private static final int PCAP_HEADER = 24;
    private static final int RECORD_HEADER = 16;

    @TempDir
    private Path directory;

    @Test
    void shouldReadFramesFromOneCaptureFileAndWriteThemToAnother() throws IOException {
        final Eal eal = TestEal.get();
        final Path in = Files.write(directory.resolve("in.pcap"), capture(5));
        final Path out = directory.resolve("out.pcap");
        try (Mempool pool = Mempool.create(eal, "pcap", 4095);
                EthDev dev = EthDev.attach(eal, Devargs.parse("net_pcap7,rx_pcap=" + in + ",tx_pcap=" + out));
                MemoryRegion array = MemoryRegion.allocate("a burst", 64 * 8)) {
            dev.configure(EthDevConfig.builder().build(), pool);
            dev.start();
            final int received = dev.rxQueue(0).receive(array.address(), 32);
            assertThat(received).isEqualTo(5);
            for (int i = 0; i < received; i++) {
                final long mbuf = Memory.getLong(array.address() + i * 8L);
                assertThat(Mbuf.packetLength(mbuf)).isEqualTo(60 + i);
                assertThat(Memory.getByte(Mbuf.dataAddress(mbuf) + 59)).isEqualTo((byte) i);
            }
            assertThat(dev.rxQueue(0).receive(array.address() + 5 * 8, 32)).isZero();
            assertThat(dev.txQueue(0).transmit(array.address(), received)).isEqualTo(5);
            assertThat(dev.stats().txPackets()).isEqualTo(5);
            dev.stop();
            assertThat(pool.available()).isEqualTo(4095);
        }
        final ByteBuffer written = ByteBuffer.wrap(Files.readAllBytes(out)).order(ByteOrder.LITTLE_ENDIAN);
        int at = PCAP_HEADER;
        for (int i = 0; i < 5; i++) {
            assertThat(written.getInt(at + 8)).as("captured").isEqualTo(60 + i);
            assertThat(written.get(at + RECORD_HEADER + 59)).isEqualTo((byte) i);
            at += RECORD_HEADER + 60 + i;
        }
        assertThat(written.limit()).isEqualTo(at);
    }

    /** Frames of 60, 61, … bytes whose byte 59 is their number. */
    private static byte[] capture(final int frames) {
        final ByteBuffer file = ByteBuffer.allocate(PCAP_HEADER + frames * (RECORD_HEADER + 60 + frames))
                .order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0xa1b2c3d4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(65535)
                .putInt(1);
        for (int i = 0; i < frames; i++) {
            file.putInt(i).putInt(0).putInt(60 + i).putInt(60 + i);
            file.put(new byte[59]).put((byte) i).put(new byte[i]);
        }
        return Arrays.copyOf(file.array(), file.position());
    }
}
