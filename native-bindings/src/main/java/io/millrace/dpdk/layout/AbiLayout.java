package io.millrace.dpdk.layout;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What differs between the DPDK ABIs we know, on x86-64. The rest is constants in the other classes here.
 *
 * @param abi the number in the soname: {@code librte_eal.so.23}
 * @param releases the DPDK releases that have it
 */
public record AbiLayout(
        int abi,
        String releases,
        FastPathLayout fastPath,
        DeviceInfoLayout deviceInfo,
        DeviceConfigurationLayout configuration) {
    private static final FastPathLayout FUNCTIONS_FIRST = new FastPathLayout(0, 24, 64, 72, 88);
    private static final FastPathLayout QUEUES_FIRST = new FastPathLayout(16, 0, 80, 88, 64);

    private static final DeviceInfoLayout WITHOUT_MAX_RX_BUFFER =
            new DeviceInfoLayout(DeviceInfoLayout.ABSENT, 36, 44, 46);
    private static final DeviceInfoLayout WITH_MAX_RX_BUFFER = new DeviceInfoLayout(36, 40, 48, 50);

    private static final DeviceConfigurationLayout WITHOUT_RSS_ALGORITHM = new DeviceConfigurationLayout(2264);
    private static final DeviceConfigurationLayout WITH_RSS_ALGORITHM = new DeviceConfigurationLayout(2272);

    private static final SortedMap<Integer, AbiLayout> KNOWN = new TreeMap<>();

    static {
        know(new AbiLayout(23, "22.11 to 23.07", FUNCTIONS_FIRST, WITHOUT_MAX_RX_BUFFER, WITHOUT_RSS_ALGORITHM));
        know(new AbiLayout(24, "23.11 to 24.07", QUEUES_FIRST, WITH_MAX_RX_BUFFER, WITH_RSS_ALGORITHM));
        know(new AbiLayout(25, "24.11 to 25.07", QUEUES_FIRST, WITH_MAX_RX_BUFFER, WITH_RSS_ALGORITHM));
        know(new AbiLayout(26, "25.11", QUEUES_FIRST, WITH_MAX_RX_BUFFER, WITH_RSS_ALGORITHM));
    }

    private static void know(final AbiLayout layout) {
        KNOWN.put(layout.abi, layout);
    }

    /** The layout of an ABI, if we know it. */
    public static Optional<AbiLayout> of(final int abi) {
        return Optional.ofNullable(KNOWN.get(abi));
    }

    /** Oldest ABI we know. */
    public static int oldest() {
        return KNOWN.firstKey();
    }

    /** Newest ABI we know. */
    public static int newest() {
        return KNOWN.lastKey();
    }
}
