package io.millrace.dpdk;

import io.millrace.dpdk.ffm.DpdkLibrary;
import java.nio.file.Path;

/**
 * The DPDK of this machine, for a look before anything is started. Any thread.
 *
 * @param directory of its shared libraries.
 * @param abi their version, 23 to 26.
 */
public record DpdkInstallation(Path directory, int abi) {
    /**
     * Finds DPDK and loads it.
     *
     * @throws DpdkException when there is none, or none of a known version; the message says what to do.
     */
    public static DpdkInstallation find() {
        final DpdkLibrary library = DpdkLibrary.load();
        return new DpdkInstallation(library.directory(), library.layout().abi());
    }
}
