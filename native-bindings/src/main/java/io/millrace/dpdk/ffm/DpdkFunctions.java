package io.millrace.dpdk.ffm;

/**
 * All of DPDK that we call, bound to one set of libraries. Made once; any thread.
 *
 * @param library the libraries
 * @param eal the environment
 * @param mempool pools
 * @param ethdev Ethernet devices
 * @param log what DPDK logs
 */
public record DpdkFunctions(
        DpdkLibrary library, EalFunctions eal, MempoolFunctions mempool, EthdevFunctions ethdev, LogCapture log) {
    /** Finds DPDK, loads it and binds the functions. */
    public static DpdkFunctions load() {
        final DpdkLibrary library = DpdkLibrary.load();
        final EalFunctions eal = new FfmEalFunctions(library);
        return new DpdkFunctions(
                library, eal, new FfmMempoolFunctions(library), new FfmEthdevFunctions(library), new LogCapture(eal));
    }
}
