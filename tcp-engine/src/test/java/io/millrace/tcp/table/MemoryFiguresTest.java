package io.millrace.tcp.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bytes of an entry all in: the table's share and the index's, as reserved for a million of them. */
class MemoryFiguresTest {
    private static final int ENTRIES = 1_000_000;

    @Test
    @Tag("H5")
    void shouldKeepAHalfOpenConnectionWithin64Bytes() {
        try (SynQueue queue = new SynQueue("syn", ENTRIES, 1000, 5)) {
            assertThat(bytesPerEntry("SYN queue, IPv4 or IPv6", queue.bytes())).isLessThanOrEqualTo(64);
        }
    }

    @Test
    @Tag("T4")
    void shouldKeepAnIpv4TimeWaitEntryWithin40Bytes() {
        try (TimeWaitTable table = TimeWaitTable.forIpv4("time-wait", 0, ENTRIES, 60_000)) {
            assertThat(bytesPerEntry("TIME_WAIT, IPv4", table.bytes())).isLessThanOrEqualTo(40);
        }
    }

    @Test
    @Tag("T4")
    void shouldKeepAnIpv6TimeWaitEntryWithin64Bytes() {
        try (TimeWaitTable table = TimeWaitTable.forIpv6("time-wait", 0, ENTRIES, 60_000)) {
            assertThat(bytesPerEntry("TIME_WAIT, IPv6", table.bytes())).isLessThanOrEqualTo(64);
        }
    }

    private static double bytesPerEntry(final String table, final long tableBytes) {
        try (FlowIndex index = new FlowIndex("index", ENTRIES)) {
            final double record = (double) tableBytes / ENTRIES;
            final double share = (double) index.bytes() / ENTRIES;
            System.out.printf("%-24s record %5.2f + index %5.2f = %5.2f bytes%n", table, record, share, record + share);
            return record + share;
        }
    }
}
