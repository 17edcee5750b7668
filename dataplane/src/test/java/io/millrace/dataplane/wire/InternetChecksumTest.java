package io.millrace.dataplane.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.memory.Memory;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InternetChecksumTest {
    @Test
    void shouldAgreeWithTheDefinitionForEveryLengthAndAlignment() {
        final long seed = new Random().nextLong();
        System.out.println("InternetChecksumTest seed " + seed);
        final Random random = new Random(seed);
        try (Arena arena = Arena.ofConfined()) {
            final long base = arena.allocate(4096, 64).address();
            for (int length = 0; length < 1600; length++) {
                final long address = base + random.nextInt(16);
                for (int i = 0; i < length; i++) {
                    Memory.putByte(address + i, random.nextInt(3) == 0 ? 0xff : random.nextInt());
                }
                assertThat(InternetChecksum.checksum(InternetChecksum.sum(address, length)))
                        .as("seed %d length %d", seed, length)
                        .isEqualTo(byDefinition(address, length));
            }
        }
    }

    @Test
    void shouldSumTheExampleOfRfc1071() {
        try (Arena arena = Arena.ofConfined()) {
            final long address = arena.allocate(8).address();
            Memory.putLongBE(address, 0x0001_f203_f4f5_f6f7L);

            assertThat(InternetChecksum.checksum(InternetChecksum.sum(address, 8)))
                    .isEqualTo(~0xddf2 & 0xffff);
        }
    }

    @Test
    void shouldFindASumValidWhenItFoldsToOnesAndOnlyThen() {
        final long seed = new Random().nextLong();
        System.out.println("InternetChecksumTest seed " + seed);
        final Random random = new Random(seed);
        assertThat(InternetChecksum.isValid(0)).isFalse();
        for (int sum = 1; sum < 1 << 18; sum++) {
            assertThat(InternetChecksum.isValid(sum)).as("sum %d", sum).isEqualTo(sum % 0xffff == 0);
        }
        for (int round = 0; round < 100_000; round++) {
            final long multiple = (random.nextLong() >>> 16 + random.nextInt(40)) * 0xffff;
            final long other = multiple + 1 + random.nextInt(0xfffe);
            assertThat(InternetChecksum.isValid(multiple))
                    .as("seed %d multiple %d", seed, multiple)
                    .isEqualTo(multiple != 0);
            assertThat(InternetChecksum.isValid(other))
                    .as("seed %d sum %d", seed, other)
                    .isFalse();
        }
    }

    @Test
    void shouldUpdateAsIfComputedAnew() {
        final Random random = new Random(42);
        try (Arena arena = Arena.ofConfined()) {
            final long address = arena.allocate(40).address();
            for (int round = 0; round < 10_000; round++) {
                for (int i = 0; i < 40; i++) {
                    Memory.putByte(address + i, random.nextInt());
                }
                final int before = InternetChecksum.checksum(InternetChecksum.sum(address, 40));
                final int oldWord = Memory.getShortBE(address + 6);
                final int newWord = random.nextInt(0x10000);
                Memory.putShortBE(address + 6, newWord);

                assertThat(InternetChecksum.update(before, oldWord, newWord))
                        .isEqualTo(InternetChecksum.checksum(InternetChecksum.sum(address, 40)));
            }
        }
    }

    @Test
    void shouldVerifyWhatTheHeadersWrite() {
        try (Arena arena = Arena.ofConfined()) {
            final long ip = arena.allocate(100).address();
            new Ipv4Header().wrap(ip).initialize(53, IpProtocol.TCP, 64, 0xc0a80001, 0x0a0b0c0d);
            new TcpHeader().wrap(ip + 20).sourcePort(65535).dataOffset(20).updateChecksum(0xc0a80001, 0x0a0b0c0d, 33);

            assertThat(InternetChecksum.isValid(InternetChecksum.sum(ip, 20))).isTrue();
            final long pseudo = InternetChecksum.pseudoHeader(0xc0a80001, 0x0a0b0c0d, IpProtocol.TCP, 33);
            assertThat(InternetChecksum.isValid(pseudo + InternetChecksum.sum(ip + 20, 33)))
                    .isTrue();
            assertThat(InternetChecksum.isValid(pseudo + 1 + InternetChecksum.sum(ip + 20, 33)))
                    .isFalse();
        }
    }

    private static int byDefinition(final long address, final int length) {
        long sum = 0;
        for (int i = 0; i < length; i += 2) {
            final int low = i + 1 < length ? Memory.getUnsignedByte(address + i + 1) : 0;
            sum += Memory.getUnsignedByte(address + i) << 8 | low;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) ~sum & 0xffff;
    }
}
