package io.millrace.dpdk.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_CHAR;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@link EthdevFunctions} by plain downcalls. Any platform thread. */
final class FfmEthdevFunctions implements EthdevFunctions {
    private static final int NAME_BYTES = 64; // RTE_ETH_NAME_MAX_LEN

    private final DpdkLibrary library;
    private final MethodHandle getPortByName;
    private final MethodHandle getNameByPort;
    private final MethodHandle isValidPort;
    private final MethodHandle countAvailable;
    private final MethodHandle socketId;
    private final MethodHandle infoGet;
    private final MethodHandle configure;
    private final MethodHandle adjustDescriptors;
    private final MethodHandle start;
    private final MethodHandle stop;
    private final MethodHandle close;
    private final MethodHandle macaddrGet;
    private final MethodHandle getMtu;
    private final MethodHandle linkGet;
    private final MethodHandle statsGet;
    private final MethodHandle rssRetaUpdate;
    private final MethodHandle vlanFilter;
    private final MethodHandle rxQueueSetup;
    private final MethodHandle txQueueSetup;
    private final MethodHandle promiscuousEnable;
    private final MethodHandle promiscuousDisable;
    private final MethodHandle allMulticastEnable;
    private final MethodHandle allMulticastDisable;
    private final MethodHandle setMtu;
    private final MethodHandle statsReset;
    private final MethodHandle xstatsReset;
    private final MethodHandle xstatsNames;
    private final MethodHandle xstatsGet;
    private final MethodHandle rxInterruptEnable;
    private final MethodHandle rxInterruptDisable;
    private final MethodHandle rxInterruptFd;

    FfmEthdevFunctions(final DpdkLibrary library) {
        this.library = library;
        getPortByName =
                library.function("rte_eth_dev_get_port_by_name", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        getNameByPort =
                library.function("rte_eth_dev_get_name_by_port", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, ADDRESS));
        isValidPort = library.function("rte_eth_dev_is_valid_port", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR));
        countAvailable = library.function("rte_eth_dev_count_avail", FunctionDescriptor.of(JAVA_CHAR));
        socketId = library.function("rte_eth_dev_socket_id", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR));
        infoGet = library.function("rte_eth_dev_info_get", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, ADDRESS));
        configure = library.function(
                "rte_eth_dev_configure", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, JAVA_CHAR, JAVA_CHAR, ADDRESS));
        adjustDescriptors = library.function(
                "rte_eth_dev_adjust_nb_rx_tx_desc", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, ADDRESS, ADDRESS));
        start = library.function("rte_eth_dev_start", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR));
        stop = library.function("rte_eth_dev_stop", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR));
        close = library.function("rte_eth_dev_close", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR));
        macaddrGet = library.function("rte_eth_macaddr_get", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, ADDRESS));
        getMtu = library.function("rte_eth_dev_get_mtu", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, ADDRESS));
        linkGet = library.function("rte_eth_link_get_nowait", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, ADDRESS));
        statsGet = library.function("rte_eth_stats_get", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, ADDRESS));
        rssRetaUpdate = library.function(
                "rte_eth_dev_rss_reta_update", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, ADDRESS, JAVA_CHAR));
        vlanFilter = library.function(
                "rte_eth_dev_vlan_filter", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, JAVA_CHAR, JAVA_INT));
        rxQueueSetup = library.function(
                "rte_eth_rx_queue_setup",
                FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, JAVA_CHAR, JAVA_CHAR, JAVA_INT, ADDRESS, JAVA_LONG));
        txQueueSetup = library.function(
                "rte_eth_tx_queue_setup",
                FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, JAVA_CHAR, JAVA_CHAR, JAVA_INT, ADDRESS));
        promiscuousEnable = library.function("rte_eth_promiscuous_enable", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR));
        promiscuousDisable =
                library.function("rte_eth_promiscuous_disable", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR));
        allMulticastEnable =
                library.function("rte_eth_allmulticast_enable", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR));
        allMulticastDisable =
                library.function("rte_eth_allmulticast_disable", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR));
        setMtu = library.function("rte_eth_dev_set_mtu", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, JAVA_CHAR));
        statsReset = library.function("rte_eth_stats_reset", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR));
        xstatsReset = library.function("rte_eth_xstats_reset", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR));
        xstatsNames = library.function(
                "rte_eth_xstats_get_names", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, ADDRESS, JAVA_INT));
        xstatsGet =
                library.function("rte_eth_xstats_get", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, ADDRESS, JAVA_INT));
        rxInterruptEnable =
                library.function("rte_eth_dev_rx_intr_enable", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, JAVA_CHAR));
        rxInterruptDisable =
                library.function("rte_eth_dev_rx_intr_disable", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, JAVA_CHAR));
        rxInterruptFd = library.function(
                "rte_eth_dev_rx_intr_ctl_q_get_fd", FunctionDescriptor.of(JAVA_INT, JAVA_CHAR, JAVA_CHAR));
    }

    @Override
    public int getPortByName(final String name) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment port = arena.allocate(JAVA_CHAR);
            final int result = (int) getPortByName.invokeExact(arena.allocateFrom(name), port);
            return result < 0 ? result : port.get(JAVA_CHAR, 0);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_get_port_by_name", e);
        }
    }

    @Override
    public String getNameByPort(final int port) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment name = arena.allocate(NAME_BYTES);
            final int result = (int) getNameByPort.invokeExact((char) port, name);
            return result < 0 ? "" : name.getString(0);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_get_name_by_port", e);
        }
    }

    @Override
    public boolean isValidPort(final int port) {
        try {
            return (int) isValidPort.invokeExact((char) port) != 0;
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_is_valid_port", e);
        }
    }

    @Override
    public int countAvailable() {
        try {
            return (char) countAvailable.invokeExact();
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_count_avail", e);
        }
    }

    @Override
    public int socketId(final int port) {
        try {
            return (int) socketId.invokeExact((char) port);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_socket_id", e);
        }
    }

    @Override
    public int rxQueueSetup(final int port, final int queue, final int descriptors, final int socket, final long pool) {
        try {
            return (int) rxQueueSetup.invokeExact(
                    (char) port, (char) queue, (char) descriptors, socket, MemorySegment.NULL, pool);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_rx_queue_setup", e);
        }
    }

    @Override
    public int txQueueSetup(final int port, final int queue, final int descriptors, final int socket) {
        try {
            return (int)
                    txQueueSetup.invokeExact((char) port, (char) queue, (char) descriptors, socket, MemorySegment.NULL);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_tx_queue_setup", e);
        }
    }

    @Override
    public int promiscuous(final int port, final boolean on) {
        try {
            return on
                    ? (int) promiscuousEnable.invokeExact((char) port)
                    : (int) promiscuousDisable.invokeExact((char) port);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_promiscuous_enable", e);
        }
    }

    @Override
    public int infoGet(final int port, final MemorySegment info) {
        try {
            return (int) infoGet.invokeExact((char) port, info);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_info_get", e);
        }
    }

    @Override
    public int configure(final int port, final int rxQueues, final int txQueues, final MemorySegment configuration) {
        try {
            return (int) configure.invokeExact((char) port, (char) rxQueues, (char) txQueues, configuration);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_configure", e);
        }
    }

    @Override
    public int adjustDescriptors(final int port, final MemorySegment rxCount, final MemorySegment txCount) {
        try {
            return (int) adjustDescriptors.invokeExact((char) port, rxCount, txCount);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_adjust_nb_rx_tx_desc", e);
        }
    }

    @Override
    public int start(final int port) {
        try {
            return (int) start.invokeExact((char) port);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_start", e);
        }
    }

    @Override
    public int stop(final int port) {
        try {
            return (int) stop.invokeExact((char) port);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_stop", e);
        }
    }

    @Override
    public int close(final int port) {
        try {
            return (int) close.invokeExact((char) port);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_close", e);
        }
    }

    @Override
    public int macaddrGet(final int port, final MemorySegment address) {
        try {
            return (int) macaddrGet.invokeExact((char) port, address);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_macaddr_get", e);
        }
    }

    @Override
    public int getMtu(final int port, final MemorySegment mtu) {
        try {
            return (int) getMtu.invokeExact((char) port, mtu);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_get_mtu", e);
        }
    }

    @Override
    public int linkGet(final int port, final MemorySegment link) {
        try {
            return (int) linkGet.invokeExact((char) port, link);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_link_get_nowait", e);
        }
    }

    @Override
    public int statsGet(final int port, final MemorySegment stats) {
        try {
            return (int) statsGet.invokeExact((char) port, stats);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_stats_get", e);
        }
    }

    @Override
    public int rssRetaUpdate(final int port, final MemorySegment entries, final int size) {
        try {
            return (int) rssRetaUpdate.invokeExact((char) port, entries, (char) size);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_rss_reta_update", e);
        }
    }

    @Override
    public int vlanFilter(final int port, final int vlan, final boolean on) {
        try {
            return (int) vlanFilter.invokeExact((char) port, (char) vlan, on ? 1 : 0);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_vlan_filter", e);
        }
    }

    @Override
    public int allMulticast(final int port, final boolean on) {
        try {
            return on
                    ? (int) allMulticastEnable.invokeExact((char) port)
                    : (int) allMulticastDisable.invokeExact((char) port);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_allmulticast_enable", e);
        }
    }

    @Override
    public int setMtu(final int port, final int mtu) {
        try {
            return (int) setMtu.invokeExact((char) port, (char) mtu);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_set_mtu", e);
        }
    }

    @Override
    public int statsReset(final int port) {
        try {
            return (int) statsReset.invokeExact((char) port);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_stats_reset", e);
        }
    }

    @Override
    public int xstatsReset(final int port) {
        try {
            return (int) xstatsReset.invokeExact((char) port);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_xstats_reset", e);
        }
    }

    @Override
    public int xstatsNames(final int port, final MemorySegment names, final int size) {
        try {
            return (int) xstatsNames.invokeExact((char) port, names, size);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_xstats_get_names", e);
        }
    }

    @Override
    public int xstatsGet(final int port, final MemorySegment values, final int size) {
        try {
            return (int) xstatsGet.invokeExact((char) port, values, size);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_xstats_get", e);
        }
    }

    @Override
    public int rxInterrupt(final int port, final int queue, final boolean on) {
        try {
            return on
                    ? (int) rxInterruptEnable.invokeExact((char) port, (char) queue)
                    : (int) rxInterruptDisable.invokeExact((char) port, (char) queue);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_rx_intr_enable", e);
        }
    }

    @Override
    public int rxInterruptFd(final int port, final int queue) {
        try {
            return (int) rxInterruptFd.invokeExact((char) port, (char) queue);
        } catch (final Throwable e) {
            throw new AssertionError("rte_eth_dev_rx_intr_ctl_q_get_fd", e);
        }
    }

    @Override
    public long fastPathTable() {
        return library.variable("rte_eth_fp_ops").address();
    }
}
