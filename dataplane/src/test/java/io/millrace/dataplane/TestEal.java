package io.millrace.dataplane;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.dpdk.DpdkException;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.EalOptions;
import java.util.Optional;

/** The one DPDK of the test JVM: without huge pages, so that the tests run anywhere; skipped where DPDK is missing. */
public final class TestEal {
    private static String reason = "";
    private static final Optional<Eal> EAL = start();

    private TestEal() {}

    private static Optional<Eal> start() {
        try {
            return Optional.of(Eal.start(EalOptions.builder()
                    .hugePages(false)
                    .memoryMegabytes(256)
                    .filePrefix(
                            "millrace-dataplane-test-" + ProcessHandle.current().pid())
                    .build()));
        } catch (final DpdkException e) {
            reason = e.getMessage();
            System.out.println("DPDK tests are skipped: " + reason);
            return Optional.empty();
        }
    }

    public static Eal get() {
        assumeTrue(EAL.isPresent(), () -> "skipped: " + reason);
        return EAL.orElseThrow();
    }
}
