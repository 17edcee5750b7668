package io.millrace.tcp.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.Seed;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.isn.FlowHash;
import io.millrace.tcp.table.FlowIndex;
import io.millrace.tcp.table.TimeWaitTable;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The tables of one shard together: both families in one index, each with TIME_WAIT entries of its own size. */
@Tag("T4")
class ShardTablesTest {
    private static final int CAPACITY = 100_000;
    private static final IpAddress LOCAL_IPV4 = IpAddress.parse("10.0.0.1");
    private static final IpAddress LOCAL_IPV6 = IpAddress.parse("fd00::1");

    private final SplittableRandom random = Seed.random();

    /** A flow that is in TIME_WAIT, and its slot. */
    private record Entry(IpAddress local, IpAddress remote, int ports, int hash, int slot) {}

    private static ShardTables tables() {
        return new ShardTables(
                0,
                1,
                TcpConfig.builder()
                        .maxConnections(1)
                        .synQueueCapacity(1)
                        .timeWaitCapacity(CAPACITY)
                        .timeWaitIpv6Capacity(CAPACITY)
                        .bufferPoolBytes(1 << 16)
                        .build(),
                new FlowHash(1, 2));
    }

    private Entry append(final ShardTables tables, final boolean ipv6) {
        final IpAddress local = ipv6 ? LOCAL_IPV6 : LOCAL_IPV4;
        final IpAddress remote =
                ipv6 ? new IpAddress(random.nextLong(), random.nextLong()) : IpAddress.ofIpv4(random.nextInt());
        final int ports = random.nextInt();
        final TimeWaitTable table = ipv6 ? tables.timeWaitIpv6 : tables.timeWaitIpv4;
        final int number = tables.localAddresses.numberOf(local.hi(), local.lo());
        final int hash = tables.hash.hash(remote.hi(), remote.lo(), local.hi(), local.lo(), ports);
        final int position = tables.index.insert(hash, FlowIndex.ref(FlowIndex.CONNECTION, 0));
        assertThat(position).isNotEqualTo(FlowIndex.NONE);
        final int slot = table.append(remote.hi(), remote.lo(), ports, number, 1, 2, 3, 0, position, 0);
        assertThat(slot).isNotEqualTo(TimeWaitTable.NONE);
        tables.index.replace(position, FlowIndex.ref(FlowIndex.TIME_WAIT, slot));
        return new Entry(local, remote, ports, hash, slot);
    }

    private static int find(final ShardTables tables, final Entry entry) {
        return tables.find(
                entry.hash, entry.remote.hi(), entry.remote.lo(), entry.local.hi(), entry.local.lo(), entry.ports);
    }

    @Test
    void shouldFindEveryTimeWaitEntryOfBothFamiliesWhenBothTablesAreFull() {
        try (ShardTables tables = tables()) {
            final List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < CAPACITY; i++) {
                entries.add(append(tables, true));
                entries.add(append(tables, false));
            }
            for (final Entry entry : entries) {
                final int position = find(tables, entry);
                assertThat(position).isNotEqualTo(FlowIndex.NONE);
                assertThat(FlowIndex.slot(tables.index.ref(position))).isEqualTo(entry.slot);
            }
            assertThat(tables.timeWaitEntries()).isEqualTo(2 * CAPACITY);
            for (final Entry entry : entries) {
                tables.removeTimeWait(entry.slot);
                assertThat(find(tables, entry)).isEqualTo(FlowIndex.NONE);
            }
            assertThat(tables.timeWaitEntries()).isZero();
            assertThat(tables.index.size()).isZero();
        }
    }

    @Test
    void shouldKeepTimeWaitWithin40BytesForIpv4And64ForIpv6WithTheirShareOfTheIndex() {
        try (ShardTables tables = tables()) {
            for (int i = 0; i < CAPACITY; i++) {
                append(tables, false);
            }
            final double ipv4 = (double) tables.timeWaitBytes() / CAPACITY;
            for (int i = 0; i < CAPACITY; i++) {
                append(tables, true);
            }
            final double ipv6 = (double) tables.timeWaitBytes() / CAPACITY - ipv4;
            final long reserved = tables.timeWaitIpv4.bytes() + tables.timeWaitIpv6.bytes() + tables.index.bytes();
            System.out.printf(
                    "TIME_WAIT of a full shard: %.2f bytes an IPv4 entry, %.2f an IPv6 one; reserved for %d of each: %d%n",
                    ipv4, ipv6, CAPACITY, reserved);
            assertThat(ipv4).isLessThanOrEqualTo(40);
            assertThat(ipv6).isLessThanOrEqualTo(64);
            // What is accounted is what is reserved, but for the rounding up to pages.
            assertThat(reserved).isCloseTo(tables.timeWaitBytes(), withPercentage(1));
        }
    }
}
