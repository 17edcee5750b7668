package io.millrace.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.millrace.dpdk.ffm.DpdkFunctions;
import io.millrace.dpdk.layout.DeviceInfoLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Reads {@code struct rte_eth_dev_info}. */
final class PortInfoReader {
    private final MemorySegment info;

    private PortInfoReader(final MemorySegment info) {
        this.info = info;
    }

    static PortInfo read(final DpdkFunctions functions, final int port) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment info = arena.allocate(DeviceInfoLayout.SIZE, Long.BYTES);
            final String name = functions.ethdev().getNameByPort(port);
            Failure.check(
                    functions,
                    "rte_eth_dev_info_get " + name,
                    functions.ethdev().infoGet(port, info),
                    "the port may have been closed");
            return new PortInfoReader(info).info(functions, port, name);
        }
    }

    private PortInfo info(final DpdkFunctions functions, final int port, final String name) {
        final DeviceInfoLayout layout = functions.library().layout().deviceInfo();
        final long rssTypes = info.get(JAVA_LONG, DeviceInfoLayout.RSS_FLOW_TYPES);
        return new PortInfo(
                port,
                name,
                info.get(ADDRESS, DeviceInfoLayout.DRIVER_NAME)
                        .reinterpret(Integer.MAX_VALUE)
                        .getString(0),
                functions.ethdev().socketId(port),
                unsignedShort(DeviceInfoLayout.MIN_MTU),
                unsignedShort(DeviceInfoLayout.MAX_MTU),
                atMostMaxInt(info.get(JAVA_INT, layout.maxRxPacketLength())),
                info.get(JAVA_INT, DeviceInfoLayout.MIN_RX_BUFFER_SIZE),
                layout.maxRxBufferSize() == DeviceInfoLayout.ABSENT
                        ? Integer.MAX_VALUE
                        : maxBuffer(info.get(JAVA_INT, layout.maxRxBufferSize())),
                unsignedShort(layout.maxRxQueues()),
                unsignedShort(layout.maxTxQueues()),
                limits(DeviceInfoLayout.RX_DESCRIPTOR_LIMITS),
                limits(DeviceInfoLayout.TX_DESCRIPTOR_LIMITS),
                preference(DeviceInfoLayout.RX_PREFERENCE),
                preference(DeviceInfoLayout.TX_PREFERENCE),
                Offload.fromBits(
                        info.get(JAVA_LONG, DeviceInfoLayout.RX_OFFLOAD_CAPABILITIES),
                        info.get(JAVA_LONG, DeviceInfoLayout.TX_OFFLOAD_CAPABILITIES)),
                (rssTypes & PortSetup.RSS_TCP4) != 0,
                (rssTypes & PortSetup.RSS_TCP6) != 0,
                info.get(JAVA_BYTE, DeviceInfoLayout.HASH_KEY_SIZE) & 0xff,
                unsignedShort(DeviceInfoLayout.REDIRECTION_TABLE_SIZE));
    }

    private DescriptorLimits limits(final int offset) {
        return new DescriptorLimits(
                unsignedShort(offset + DeviceInfoLayout.LIMIT_MIN),
                unsignedShort(offset + DeviceInfoLayout.LIMIT_MAX),
                unsignedShort(offset + DeviceInfoLayout.LIMIT_ALIGN),
                unsignedShort(offset + DeviceInfoLayout.LIMIT_SEGMENTS));
    }

    private QueuePreference preference(final int offset) {
        return new QueuePreference(
                unsignedShort(offset + DeviceInfoLayout.PREFERENCE_BURST),
                unsignedShort(offset + DeviceInfoLayout.PREFERENCE_RING));
    }

    /** An unsigned 32-bit number; UINT32_MAX means no limit. */
    private static int atMostMaxInt(final int value) {
        return value < 0 ? Integer.MAX_VALUE : value;
    }

    private static int maxBuffer(final int value) {
        return value == 0 ? Integer.MAX_VALUE : atMostMaxInt(value); // 0: the driver does not say
    }

    private int unsignedShort(final int offset) {
        return info.get(JAVA_SHORT, offset) & 0xffff;
    }
}
