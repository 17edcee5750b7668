package io.millrace.dpdk.ffm;

import java.lang.foreign.MemorySegment;

/** EAL as C sees it ({@code rte_eal.h}, {@code rte_errno.h}, {@code rte_dev.h}, {@code rte_log.h}). Control path. */
public interface EalFunctions {
    /** rte_eal_init: starts DPDK with these arguments; number of arguments parsed, or -1 and {@link #rteErrno}. */
    int ealInit(String... arguments);

    /** rte_eal_cleanup: frees what EAL holds; 0 or negative. It cannot be started again in this process. */
    int ealCleanup();

    /** rte_version: "DPDK 22.11.11" and the like. */
    String version();

    /** rte_errno: the calling thread's last error. */
    int rteErrno();

    /** rte_strerror: the text for a (positive) error number. */
    String strerror(int errno);

    /** rte_thread_register: gives the calling thread an lcore id; 0, or -1 and {@link #rteErrno}. */
    int threadRegister();

    /** rte_thread_unregister: gives the lcore id back. */
    void threadUnregister();

    /** rte_eal_hotplug_add: adds a device to a bus and probes it; 0 or negative errno. */
    int hotplugAdd(String bus, String device, String arguments);

    /** rte_eal_hotplug_remove: removes a device from its bus; 0 or negative errno. */
    int hotplugRemove(String bus, String device);

    /** rte_openlog_stream: where DPDK logs to, as a C {@code FILE *}; 0 for its own default. */
    int openlogStream(long stream);

    /** rte_malloc_get_socket_stats: fills a {@code struct rte_malloc_socket_stats}; 0, or -1 for no such NUMA node. */
    int mallocGetSocketStats(int socket, MemorySegment stats);
}
