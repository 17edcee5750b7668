package io.millrace.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.millrace.dpdk.layout.DeviceConfigurationLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Random;

/** Gives a port a key for its hash, and reads it where DPDK goes on looking for it: {@code rte_eth_dev_conf_get}. */
final class RssKeyPeer {
    private RssKeyPeer() {}

    public static void main(final String[] args) throws Throwable {
        final byte[] key = new byte[40];
        new Random(7).nextBytes(key);
        final EalOptions options =
                EalOptions.builder().hugePages(false).memoryMegabytes(256).build();
        try (Eal eal = Eal.start(options);
                Mempool pool = Mempool.create(eal, "frames", 8191);
                EthDev dev = EthDev.attach(eal, Devargs.parse("net_tap0,iface=milltap"))) {
            dev.configure(
                    EthDevConfig.builder().queuePairs(2).rssKey(RssKey.of(key)).build(), pool);
            System.out.println("after configure: " + Arrays.equals(key, keyOf(eal, dev)));
            dev.start();
            System.out.println("after start: " + Arrays.equals(key, keyOf(eal, dev)));
        }
    }

    private static byte[] keyOf(final Eal eal, final EthDev dev) throws Throwable {
        final MethodHandle get = Linker.nativeLinker()
                .downcallHandle(
                        eal.functions().library().variable("rte_eth_dev_conf_get"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment configuration = arena.allocate(DeviceConfigurationLayout.SIZE, Long.BYTES);
            final int result = (int) get.invokeExact((char) dev.port(), configuration);
            final int length = configuration.get(JAVA_BYTE, DeviceConfigurationLayout.RSS_KEY_LENGTH);
            if (result != 0 || length != 40) {
                throw new IllegalStateException("result " + result + ", key of " + length + " bytes");
            }
            return configuration
                    .get(ADDRESS, DeviceConfigurationLayout.RSS_KEY)
                    .reinterpret(length)
                    .toArray(JAVA_BYTE);
        }
    }
}
