package io.millrace.tcp.isn;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tcp.AllocatedBytes;
import io.millrace.tcp.Seed;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class FlowHashTest {
    private static final long IPV4_MAPPED = 0xffff_0000_0000L;
    private static final int SAMPLES = 1 << 20;

    private final SplittableRandom random = Seed.random();
    private final FlowHash flowHash = new FlowHash(random.nextLong(), random.nextLong());

    @Test
    void shouldSpreadSequentialPortsOfOneClient() {
        // 65,536 remote ports times 16 local ones.
        assertLooksRandom(i -> ipv4(0x0a000001, 0x0a000002, i << 12 & 0xffff0000 | 8000 + (i & 15)));
    }

    @Test
    void shouldSpreadSequentialClientAddresses() {
        assertLooksRandom(i -> ipv4(0x0a000000 + i, 0x0a000002, 40_000 << 16 | 80));
    }

    @Test
    void shouldSpreadClientAddressesInTheirHighBits() {
        assertLooksRandom(i -> ipv4(i << 12, 0x0a000002, 40_000 << 16 | 80));
    }

    @Test
    void shouldSpreadSequentialLocalAddressesAndPorts() {
        assertLooksRandom(i -> ipv4(0x0a000001, 0xc0a80000 + (i >> 10), (1024 + (i & 1023)) << 16 | 80));
    }

    @Test
    void shouldSpreadIpv6PrefixesAndInterfaceIdentifiers() {
        final long prefix = 0x20010db8_00000000L;
        assertLooksRandom(i -> flowHash.hash(prefix + (i >> 10), i & 1023, prefix, 1, 40_000 << 16 | 443));
    }

    /** The high halves of both addresses must not cancel each other out. */
    @Test
    void shouldTellRemoteFromLocal() {
        final long a = random.nextLong();
        final long b = random.nextLong();
        assertThat(flowHash.hash(a, 1, b, 1, 7)).isNotEqualTo(flowHash.hash(b, 1, a, 1, 7));
        assertThat(flowHash.hash(a, 1, a, 1, 7)).isNotEqualTo(flowHash.hash(b, 1, b, 1, 7));
    }

    @Test
    void shouldFlipEveryBitOfTheHashHalfTheTimeForEveryBitOfTheTuple() {
        final int trials = 4096;
        for (int bit = 0; bit < 4 * 64 + 32; bit++) {
            final int[] flips = new int[32];
            for (int t = 0; t < trials; t++) {
                final long[] words = {random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()};
                final int ports = random.nextInt();
                final int before = flowHash.hash(words[0], words[1], words[2], words[3], ports);
                if (bit < 256) {
                    words[bit / 64] ^= 1L << bit;
                }
                final int changed = bit < 256 ? ports : ports ^ 1 << bit;
                final int difference = before ^ flowHash.hash(words[0], words[1], words[2], words[3], changed);
                for (int i = 0; i < 32; i++) {
                    flips[i] += difference >>> i & 1;
                }
            }
            // Binomial(4096, 1/2): standard deviation 32; 9,216 counts within seven of them.
            for (final int count : flips) {
                assertThat(count).as("bit %d", bit).isBetween(trials / 2 - 7 * 32, trials / 2 + 7 * 32);
            }
        }
    }

    @Test
    void shouldDependOnTheKey() {
        final FlowHash other = new FlowHash(random.nextLong(), random.nextLong());
        int equal = 0;
        for (int i = 0; i < 1000; i++) {
            equal += flowHash.hash(0, i, 0, 1, 2) == other.hash(0, i, 0, 1, 2) ? 1 : 0;
        }
        assertThat(equal).isLessThan(3);
    }

    @Test
    void shouldNotAllocate() {
        assertThat(AllocatedBytes.of(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        flowHash.hash(0, i, 0, 1, i);
                    }
                }))
                .isZero();
    }

    private int ipv4(final int remote, final int local, final int ports) {
        return flowHash.hash(0, IPV4_MAPPED | remote & 0xffff_ffffL, 0, IPV4_MAPPED | local & 0xffff_ffffL, ports);
    }

    /** Collisions as a random function has them, and home slots (the hash's high bits) spread as evenly. */
    private static void assertLooksRandom(final IntUnaryOperator hashOfSample) {
        final int[] hashes = new int[SAMPLES];
        final int buckets = 1 << 12;
        final int[] filled = new int[buckets];
        for (int i = 0; i < SAMPLES; i++) {
            hashes[i] = hashOfSample.applyAsInt(i);
            filled[hashes[i] >>> 20]++;
        }
        Arrays.sort(hashes);
        int collisions = 0;
        for (int i = 1; i < SAMPLES; i++) {
            collisions += hashes[i] == hashes[i - 1] ? 1 : 0;
        }
        // n²/2^33 = 128 expected, standard deviation 11.
        assertThat(collisions).isBetween(40, 220);

        final double expected = (double) SAMPLES / buckets;
        double chiSquare = 0;
        for (final int count : filled) {
            chiSquare += (count - expected) * (count - expected) / expected;
        }
        // 4,095 degrees of freedom: standard deviation 90.5.
        assertThat(chiSquare).isBetween(4095 - 8 * 90.5, 4095 + 8 * 90.5);
    }
}
