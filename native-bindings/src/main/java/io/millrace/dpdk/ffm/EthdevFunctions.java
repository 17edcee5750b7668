package io.millrace.dpdk.ffm;

import java.lang.foreign.MemorySegment;

/**
 * Ethernet devices as C sees them ({@code rte_ethdev.h}): each returns 0, or a negative errno, unless it says
 * otherwise. Control path.
 */
public interface EthdevFunctions {
    /** rte_eth_dev_get_port_by_name: the port's number, or a negative errno. */
    int getPortByName(String name);

    /** rte_eth_dev_get_name_by_port: the name DPDK gave the device, or empty. */
    String getNameByPort(int port);

    /** rte_eth_dev_is_valid_port: whether there is such a port. */
    boolean isValidPort(int port);

    /** rte_eth_dev_count_avail: how many ports there are. */
    int countAvailable();

    /** rte_eth_dev_socket_id: the NUMA node of the device; -1 for any. */
    int socketId(int port);

    /** rte_eth_dev_info_get: fills a {@code struct rte_eth_dev_info}. */
    int infoGet(int port, MemorySegment info);

    /** rte_eth_dev_configure: sets queue counts and a {@code struct rte_eth_conf}. */
    int configure(int port, int rxQueues, int txQueues, MemorySegment configuration);

    /** rte_eth_dev_adjust_nb_rx_tx_desc: brings two {@code uint16_t} descriptor counts within the device's limits. */
    int adjustDescriptors(int port, MemorySegment rxCount, MemorySegment txCount);

    /** rte_eth_rx_queue_setup: with the driver's default configuration. */
    int rxQueueSetup(int port, int queue, int descriptors, int socket, long pool);

    /** rte_eth_tx_queue_setup: with the driver's default configuration. */
    int txQueueSetup(int port, int queue, int descriptors, int socket);

    /** rte_eth_dev_start: packets flow. */
    int start(int port);

    /** rte_eth_dev_stop: packets flow no more. */
    int stop(int port);

    /** rte_eth_dev_close: frees the port; its number may be given to another. */
    int close(int port);

    /** rte_eth_promiscuous_enable or _disable. */
    int promiscuous(int port, boolean on);

    /** rte_eth_allmulticast_enable or _disable. */
    int allMulticast(int port, boolean on);

    /** rte_eth_dev_set_mtu: bytes of the largest IP packet. */
    int setMtu(int port, int mtu);

    /** rte_eth_macaddr_get: fills 6 bytes. */
    int macaddrGet(int port, MemorySegment address);

    /** rte_eth_dev_get_mtu: fills a {@code uint16_t}. */
    int getMtu(int port, MemorySegment mtu);

    /** rte_eth_link_get_nowait: fills a {@code struct rte_eth_link}. */
    int linkGet(int port, MemorySegment link);

    /** rte_eth_stats_get: fills a {@code struct rte_eth_stats}. */
    int statsGet(int port, MemorySegment stats);

    /** rte_eth_stats_reset: the counters of {@link #statsGet} begin at 0 again. */
    int statsReset(int port);

    /** rte_eth_xstats_reset: all counters begin at 0 again. */
    int xstatsReset(int port);

    /** rte_eth_xstats_get_names: how many there are; fills {@code size} names of 64 bytes when that is enough. */
    int xstatsNames(int port, MemorySegment names, int size);

    /** rte_eth_xstats_get: how many there are; fills {@code size} {@code struct rte_eth_xstat}s when that is enough. */
    int xstatsGet(int port, MemorySegment values, int size);

    /** rte_eth_dev_rx_intr_enable or _disable: whether a receive queue's next frame raises its interrupt. */
    int rxInterrupt(int port, int queue, boolean on);

    /** rte_eth_dev_rx_intr_ctl_q_get_fd: the file descriptor of a receive queue's interrupt; -1 for none. */
    int rxInterruptFd(int port, int queue);

    /** rte_eth_dev_vlan_filter: whether frames of a VLAN are taken. */
    int vlanFilter(int port, int vlan, boolean on);

    /** rte_eth_dev_rss_reta_update: fills the redirection table from {@code struct rte_eth_rss_reta_entry64}s. */
    int rssRetaUpdate(int port, MemorySegment entries, int size);

    /** rte_eth_fp_ops: address of the ports' entries, which the inline burst functions read. */
    long fastPathTable();
}
