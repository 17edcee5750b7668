package io.millrace.dataplane.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.Allocations;
import io.millrace.dataplane.flow.HashAgreement.Finding;
import io.millrace.dataplane.wire.IpAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With the hashes of Microsoft's verification suite ("Verifying the RSS hash calculation") as what the device tells. */
class HashAgreementTest {
    private static final int QUEUES = 4;

    private final FlowSteering steering = new FlowSteering(Toeplitz.standard(), QUEUES);
    private final HashAgreement agreement = new HashAgreement(steering, true);

    @ParameterizedTest
    @CsvSource({
        "66.9.149.187, 2794, 161.142.100.80, 1766, 51ccc178",
        "199.92.111.2, 14230, 65.69.140.83, 4739, c626b0ea",
        "24.19.198.95, 12898, 12.22.207.184, 38024, 5c2b394a",
        "38.27.205.30, 48228, 209.142.163.6, 2217, afc7327f",
        "153.39.163.191, 44251, 202.188.127.2, 1303, 10e828a2",
        "3ffe:2501:200:1fff::7, 2794, 3ffe:2501:200:3::1, 1766, 40207d3d",
        "3ffe:501:8::260:97ff:fe40:efab, 14230, ff02::1, 4739, dde51bbf",
        "3ffe:1900:4545:3:200:f8ff:fe21:67cf, 44251, fe80::200:f8ff:fe21:67cf, 38024, 2d1feef"
    })
    void shouldAgreeWithADeviceThatHashesAndSteersAsPublished(
            final String source,
            final int sourcePort,
            final String destination,
            final int destinationPort,
            final String published) {
        final int device = Integer.parseUnsignedInt(published, 16);
        final int software = hash(IpAddress.parse(source), sourcePort, IpAddress.parse(destination), destinationPort);
        final int right = (device & 127) % QUEUES;
        final HashAgreement.OfQueue ours = agreement.ofQueue(right);
        final HashAgreement.OfQueue other = agreement.ofQueue((right + 1) % QUEUES);

        assertThat(ours.compare(true, device, software)).isEqualTo(Finding.AGREES);
        assertThat(ours.compare(true, device ^ 1, software)).isEqualTo(Finding.OTHER_HASH);
        assertThat(ours.compare(false, 0, software)).isEqualTo(Finding.AGREES);
        assertThat(other.compare(true, device, software)).isEqualTo(Finding.OTHER_QUEUE);
        assertThat(other.compare(false, 0, software)).isEqualTo(Finding.OTHER_QUEUE);
    }

    private int hash(final IpAddress from, final int sourcePort, final IpAddress to, final int destinationPort) {
        final Toeplitz toeplitz = steering.toeplitz();
        return from.isIpv4()
                ? toeplitz.hashIpv4(from.ipv4(), to.ipv4(), sourcePort, destinationPort)
                : toeplitz.hashIpv6(from.hi(), from.lo(), to.hi(), to.lo(), sourcePort, destinationPort);
    }

    @Test
    void shouldNotMindTheQueueWhereQueuesAreNotShards() {
        final HashAgreement pipeline = new HashAgreement(steering, false);
        assertThat(pipeline.ofQueue(0).compare(true, 1, 1)).isEqualTo(Finding.AGREES);
        assertThat(pipeline.ofQueue(0).compare(true, 2, 1)).isEqualTo(Finding.OTHER_HASH);
        assertThat(pipeline.ofQueue(0).compare(false, 0, 1)).isEqualTo(Finding.AGREES);
    }

    @Test
    void shouldCompareTheFirstFramesOfEachQueueAndASampleOfTheOthers() {
        final HashAgreement.OfQueue queue = agreement.ofQueue(0);
        for (int i = 0; i < HashAgreement.FIRST_FRAMES; i++) {
            assertThat(queue.isDue()).isTrue();
        }
        int due = 0;
        for (int i = HashAgreement.FIRST_FRAMES; i <= 10 * HashAgreement.SAMPLE_INTERVAL; i++) {
            due += queue.isDue() ? 1 : 0;
        }
        assertThat(due).isEqualTo(10);
        assertThat(agreement.ofQueue(1).isDue()).isTrue();
    }

    @Test
    void shouldTrustADeviceUntilOneQueueDisagreesAndThenNoQueueOfIt() {
        final HashAgreement.OfQueue one = agreement.ofQueue(0);
        final HashAgreement.OfQueue other = agreement.ofQueue(1);
        assertThat(one.isTrusted()).isTrue();

        assertThat(other.distrust()).as("the first to say so").isTrue();
        assertThat(other.distrust()).isFalse();
        assertThat(one.distrust()).isFalse();
        assertThat(one.isTrusted()).isFalse();
        assertThat(agreement.isTrusted()).isFalse();
    }

    @Test
    void shouldAllocateNothing() {
        final HashAgreement.OfQueue queue = agreement.ofQueue(0);
        assertThat(Allocations.bytesPer50Thousand(() -> {
                    if (queue.isDue() && queue.compare(true, 4, 4) != Finding.AGREES) {
                        queue.distrust();
                    }
                }))
                .isZero();
    }
}
