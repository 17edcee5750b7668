package io.millrace.dpdk.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.dpdk.MbufLayout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks the C compiler where the fields are in the installed DPDK headers, and compares them with our tables. */
class InstalledHeadersTest {
    @TempDir
    private Path directory;

    @Test
    void shouldAgreeWithTheInstalledHeadersInEveryField() throws Exception {
        final String version = run("pkg-config", "--modversion", "libdpdk");
        assumeTrue(!version.isEmpty(), "skipped: no DPDK headers (Debian: apt-get install libdpdk-dev)");
        assumeTrue(!run("gcc", "--version").isEmpty(), "skipped: no gcc");
        final String flags = run("pkg-config", "--cflags", "libdpdk");
        assumeTrue(!flags.isEmpty(), "skipped: `pkg-config --cflags libdpdk` fails");

        final AbiLayout layout = AbiLayout.of(abiOf(version)).orElseThrow();
        final Map<String, Integer> expected = expected(layout);
        assertThat(probe(List.copyOf(expected.keySet()), flags)).isEqualTo(expected);
    }

    /** 22.11 and 23.03 have ABI 23; 23.11 begins ABI 24; and so on each November. */
    private static int abiOf(final String version) {
        final String[] parts = version.split("\\.");
        final int year = Integer.parseInt(parts[0]);
        return Integer.parseInt(parts[1]) >= 11 ? year + 1 : year;
    }

    private Map<String, Integer> probe(final List<String> expressions, final String flags) throws Exception {
        final StringBuilder program = new StringBuilder("""
                #include <stddef.h>
                #include <stdio.h>
                #include <rte_ethdev.h>
                #include <rte_malloc.h>
                #include <rte_mbuf.h>
                #include <rte_mempool.h>
                int main(void) {
                """);
        for (final String expression : expressions) {
            program.append("printf(\"%zu\\n\", (size_t) ").append(expression).append(");\n");
        }
        final Path source = Files.writeString(directory.resolve("probe.c"), program.append("}\n"));
        final Path binary = directory.resolve("probe");
        final List<String> compile = new ArrayList<>(List.of("gcc", "-w", "-o", binary.toString(), source.toString()));
        compile.addAll(Arrays.asList(flags.split("\\s+")));
        // The headers' inline functions name symbols that a program that only asks for offsets never calls.
        compile.addAll(List.of("-O2", "-Wl,--gc-sections", "-Wl,--unresolved-symbols=ignore-all"));
        final String complaint = run(compile.toArray(String[]::new));
        assertThat(binary).as(complaint).exists();

        final Map<String, Integer> found = new LinkedHashMap<>();
        final String[] values = run(binary.toString()).split("\\s+");
        for (int i = 0; i < expressions.size(); i++) {
            found.put(expressions.get(i), Integer.valueOf(values[i]));
        }
        return found;
    }

    private static Map<String, Integer> expected(final AbiLayout layout) {
        final Map<String, Integer> fields = new LinkedHashMap<>();
        mbuf(fields);
        pool(fields);
        heap(fields);
        port(fields, layout);
        return fields;
    }

    private static void heap(final Map<String, Integer> fields) {
        fields.put("sizeof(struct rte_malloc_socket_stats)", HeapStatsLayout.SIZE);
        field(fields, "rte_malloc_socket_stats", "heap_totalsz_bytes", HeapStatsLayout.TOTAL);
        field(fields, "rte_malloc_socket_stats", "heap_allocsz_bytes", HeapStatsLayout.ALLOCATED);
    }

    private static void mbuf(final Map<String, Integer> fields) {
        final String type = "rte_mbuf";
        fields.put("sizeof(struct rte_mbuf)", MbufLayout.HEADER_LENGTH);
        fields.put("RTE_PKTMBUF_HEADROOM", MbufLayout.HEADROOM);
        field(fields, type, "buf_addr", MbufLayout.BUFFER_ADDRESS_OFFSET);
        field(fields, type, "buf_iova", MbufLayout.BUFFER_IOVA_OFFSET);
        field(fields, type, "data_off", MbufLayout.DATA_OFFSET_OFFSET);
        field(fields, type, "refcnt", MbufLayout.REFERENCE_COUNT_OFFSET);
        field(fields, type, "nb_segs", MbufLayout.SEGMENTS_OFFSET);
        field(fields, type, "port", MbufLayout.PORT_OFFSET);
        field(fields, type, "ol_flags", MbufLayout.OFFLOAD_FLAGS_OFFSET);
        field(fields, type, "packet_type", MbufLayout.PACKET_TYPE_OFFSET);
        field(fields, type, "pkt_len", MbufLayout.PACKET_LENGTH_OFFSET);
        field(fields, type, "data_len", MbufLayout.DATA_LENGTH_OFFSET);
        field(fields, type, "vlan_tci", MbufLayout.VLAN_TCI_OFFSET);
        field(fields, type, "hash.rss", MbufLayout.RSS_HASH_OFFSET);
        field(fields, type, "buf_len", MbufLayout.BUFFER_LENGTH_OFFSET);
        field(fields, type, "pool", MbufLayout.POOL_OFFSET);
        field(fields, type, "next", MbufLayout.NEXT_OFFSET);
        field(fields, type, "tx_offload", MbufLayout.TX_OFFLOAD_OFFSET);
    }

    private static void pool(final Map<String, Integer> fields) {
        field(fields, "rte_mempool", "size", MempoolLayout.COUNT);
        field(fields, "rte_mempool", "cache_size", MempoolLayout.CACHE_SIZE);
        field(fields, "rte_mempool", "elt_size", MempoolLayout.ELEMENT_SIZE);
        field(fields, "rte_mempool", "header_size", MempoolLayout.HEADER_SIZE);
        field(fields, "rte_mempool", "trailer_size", MempoolLayout.TRAILER_SIZE);
        field(fields, "rte_mempool", "mem_list.stqh_first", MempoolLayout.FIRST_PIECE);
        field(fields, "rte_mempool_memhdr", "addr", MempoolLayout.PIECE_ADDRESS);
        field(fields, "rte_mempool", "ops_index", MempoolLayout.OPS_INDEX);
        field(fields, "rte_mempool", "populated_size", MempoolLayout.POPULATED);
        field(fields, "rte_mempool_ops_table", "num_ops", MempoolLayout.TABLE_COUNT);
        field(fields, "rte_mempool_ops_table", "ops", MempoolLayout.TABLE_ENTRIES);
        fields.put("sizeof(struct rte_mempool_ops)", MempoolLayout.ENTRY_STRIDE);
        field(fields, "rte_mempool_ops", "enqueue", MempoolLayout.ENTRY_ENQUEUE);
        field(fields, "rte_mempool_ops", "dequeue", MempoolLayout.ENTRY_DEQUEUE);
    }

    private static void port(final Map<String, Integer> fields, final AbiLayout layout) {
        fields.put("sizeof(struct rte_eth_fp_ops)", FastPathLayout.STRIDE);
        field(fields, "rte_eth_fp_ops", "rx_pkt_burst", layout.fastPath().rxBurst());
        field(fields, "rte_eth_fp_ops", "rxq.data", layout.fastPath().rxQueueData());
        field(fields, "rte_eth_fp_ops", "tx_pkt_burst", layout.fastPath().txBurst());
        field(fields, "rte_eth_fp_ops", "tx_pkt_prepare", layout.fastPath().txPrepare());
        field(fields, "rte_eth_fp_ops", "txq.data", layout.fastPath().txQueueData());

        final String info = "rte_eth_dev_info";
        fields.put("sizeof(struct rte_eth_dev_info) <= " + DeviceInfoLayout.SIZE, 1);
        field(fields, info, "driver_name", DeviceInfoLayout.DRIVER_NAME);
        field(fields, info, "min_mtu", DeviceInfoLayout.MIN_MTU);
        field(fields, info, "max_mtu", DeviceInfoLayout.MAX_MTU);
        field(fields, info, "min_rx_bufsize", DeviceInfoLayout.MIN_RX_BUFFER_SIZE);
        if (layout.deviceInfo().maxRxBufferSize() != DeviceInfoLayout.ABSENT) {
            field(fields, info, "max_rx_bufsize", layout.deviceInfo().maxRxBufferSize());
        }
        field(fields, info, "max_rx_pktlen", layout.deviceInfo().maxRxPacketLength());
        field(fields, info, "max_rx_queues", layout.deviceInfo().maxRxQueues());
        field(fields, info, "max_tx_queues", layout.deviceInfo().maxTxQueues());
        field(fields, info, "rx_offload_capa", DeviceInfoLayout.RX_OFFLOAD_CAPABILITIES);
        field(fields, info, "tx_offload_capa", DeviceInfoLayout.TX_OFFLOAD_CAPABILITIES);
        field(fields, info, "reta_size", DeviceInfoLayout.REDIRECTION_TABLE_SIZE);
        field(fields, info, "hash_key_size", DeviceInfoLayout.HASH_KEY_SIZE);
        field(fields, info, "flow_type_rss_offloads", DeviceInfoLayout.RSS_FLOW_TYPES);
        field(fields, info, "rx_desc_lim", DeviceInfoLayout.RX_DESCRIPTOR_LIMITS);
        field(fields, info, "tx_desc_lim", DeviceInfoLayout.TX_DESCRIPTOR_LIMITS);
        field(fields, info, "default_rxportconf", DeviceInfoLayout.RX_PREFERENCE);
        field(fields, info, "default_txportconf", DeviceInfoLayout.TX_PREFERENCE);
        field(fields, "rte_eth_dev_portconf", "burst_size", DeviceInfoLayout.PREFERENCE_BURST);
        field(fields, "rte_eth_dev_portconf", "ring_size", DeviceInfoLayout.PREFERENCE_RING);
        field(fields, "rte_eth_desc_lim", "nb_max", DeviceInfoLayout.LIMIT_MAX);
        field(fields, "rte_eth_desc_lim", "nb_min", DeviceInfoLayout.LIMIT_MIN);
        field(fields, "rte_eth_desc_lim", "nb_align", DeviceInfoLayout.LIMIT_ALIGN);
        field(fields, "rte_eth_desc_lim", "nb_seg_max", DeviceInfoLayout.LIMIT_SEGMENTS);

        final String conf = "rte_eth_conf";
        fields.put("sizeof(struct rte_eth_conf) <= " + DeviceConfigurationLayout.SIZE, 1);
        field(fields, conf, "rxmode.mq_mode", DeviceConfigurationLayout.RX_MODE);
        field(fields, conf, "rxmode.mtu", DeviceConfigurationLayout.RX_MTU);
        field(fields, conf, "rxmode.offloads", DeviceConfigurationLayout.RX_OFFLOADS);
        field(fields, conf, "txmode.offloads", DeviceConfigurationLayout.TX_OFFLOADS);
        field(fields, conf, "rx_adv_conf.rss_conf.rss_key", DeviceConfigurationLayout.RSS_KEY);
        field(fields, conf, "rx_adv_conf.rss_conf.rss_key_len", DeviceConfigurationLayout.RSS_KEY_LENGTH);
        field(fields, conf, "rx_adv_conf.rss_conf.rss_hf", DeviceConfigurationLayout.RSS_HASH_FUNCTIONS);
        field(fields, conf, "intr_conf", layout.configuration().interrupts());
        fields.put(
                "((union {struct rte_eth_intr_conf c; uint32_t bits;}) {.c = {.rxq = 1}}).bits",
                DeviceConfigurationLayout.INTERRUPT_RX_QUEUE);
        fields.put("RTE_ETH_MQ_RX_NONE", DeviceConfigurationLayout.RX_MODE_NONE);
        fields.put("RTE_ETH_MQ_RX_RSS", DeviceConfigurationLayout.RX_MODE_RSS);
        field(fields, "rte_eth_rss_reta_entry64", "mask", DeviceConfigurationLayout.RETA_MASK);
        field(fields, "rte_eth_rss_reta_entry64", "reta", DeviceConfigurationLayout.RETA_ENTRIES);
        fields.put("sizeof(struct rte_eth_rss_reta_entry64)", DeviceConfigurationLayout.RETA_STRIDE);

        fields.put("sizeof(struct rte_eth_xstat)", ExtendedStatsLayout.STRIDE);
        field(fields, "rte_eth_xstat", "id", ExtendedStatsLayout.ID);
        field(fields, "rte_eth_xstat", "value", ExtendedStatsLayout.VALUE);
        fields.put("sizeof(struct rte_eth_xstat_name)", ExtendedStatsLayout.NAME_STRIDE);

        fields.put("sizeof(struct rte_eth_stats) <= " + PortStatsLayout.SIZE, 1);
        field(fields, "rte_eth_stats", "ipackets", PortStatsLayout.RX_PACKETS);
        field(fields, "rte_eth_stats", "opackets", PortStatsLayout.TX_PACKETS);
        field(fields, "rte_eth_stats", "ibytes", PortStatsLayout.RX_BYTES);
        field(fields, "rte_eth_stats", "obytes", PortStatsLayout.TX_BYTES);
        field(fields, "rte_eth_stats", "imissed", PortStatsLayout.RX_MISSED);
        field(fields, "rte_eth_stats", "ierrors", PortStatsLayout.RX_ERRORS);
        field(fields, "rte_eth_stats", "oerrors", PortStatsLayout.TX_ERRORS);
        field(fields, "rte_eth_stats", "rx_nombuf", PortStatsLayout.RX_NO_MBUF);
    }

    private static void field(
            final Map<String, Integer> fields, final String type, final String field, final int offset) {
        fields.put("offsetof(struct " + type + ", " + field + ")", offset);
    }

    /** What a program prints, for the compiler its complaints; empty where there is no such program or it fails. */
    private static String run(final String... command) throws InterruptedException {
        try {
            final boolean compiler = command[0].equals("gcc");
            final Process process = new ProcessBuilder(command)
                    .redirectErrorStream(compiler)
                    .redirectError(compiler ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.DISCARD)
                    .start();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 || compiler ? output.strip() : "";
        } catch (final IOException e) {
            return ""; // not installed
        }
    }
}
