package io.millrace.dpdk;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;

/** The one DPDK of the test JVM: without huge pages, so that the tests run anywhere; skipped where DPDK is missing. */
final class TestEal {
    private static String reason = "";
    private static final Optional<Eal> EAL = start();

    private TestEal() {}

    private static Optional<Eal> start() {
        try {
            final Eal eal = Eal.start(EalOptions.builder()
                    .hugePages(false)
                    .memoryMegabytes(512)
                    .filePrefix("millrace-test-" + ProcessHandle.current().pid())
                    .build());
            Runtime.getRuntime().addShutdownHook(new Thread(eal::close));
            return Optional.of(eal);
        } catch (final DpdkException e) {
            reason = e.getMessage();
            System.out.println("DPDK tests are skipped: " + reason);
            return Optional.empty();
        }
    }

    static Eal get() {
        assumeTrue(EAL.isPresent(), () -> "skipped: " + reason);
        return EAL.orElseThrow();
    }
}
