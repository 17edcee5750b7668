package io.millrace.tcp.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.VirtualClock;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.timer.BurstClock;
import io.millrace.tcp.timer.ConnectionTimers;
import io.millrace.tcp.timer.TimerLinks;
import io.millrace.tcp.timer.TimerWheel;
import java.util.HashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** From when a time-out counts that is set anew in the middle of a flight: RFC 6298 §5.3, RFC 6675 §6. */
@Tag("D3")
class RetransmissionTimerTest {
    private static final int MSS = 1_000;
    private static final int RTO_MS = 200;

    private final VirtualClock time = new VirtualClock();
    private final BurstClock clock = new BurstClock(time);
    private final RecordSlab connections = new RecordSlab("connections", 1, TcbLayout.LENGTH);
    private final RecordSlab ranges = new RecordSlab("ranges", 8, Flight.RECORD_LENGTH);
    private final RecordSlab recoveries = new RecordSlab("recoveries", 1, Recovery.RECORD_LENGTH);
    private final Registry<ConnectionOptions> options = new Registry<>("options", new HashMap<>());
    private final Flight flight = new Flight(ranges);
    private final RetransmissionTimer timer = new RetransmissionTimer(
            flight,
            new Recovery(recoveries, flight),
            new ConnectionTimers(new TimerWheel(connections, TimerLinks.at(TcbLayout.TIMER_PREV_OFFSET), 0)),
            clock,
            options);
    private final Tcb tcb = new Tcb();

    @BeforeEach
    void sendTwoSegments() {
        final int slot = connections.allocate();
        tcb.wrap(slot, connections.address(slot)).reset();
        tcb.options(options.acquire(ConnectionOptions.defaults(TcpConfig.defaults())));
        tcb.mss(MSS);
        tcb.rto(RTO_MS);
        tcb.sndMax(2 * MSS);
        tcb.sndNxt(2 * MSS);
        tcb.progressMs(clock.millis());
        flight.add(tcb, 0, 2 * MSS, 2, clock.micros(), 0);
    }

    @AfterEach
    void close() {
        connections.close();
        ranges.close();
        recoveries.close();
    }

    private void advance(final int millis) {
        time.advanceMillis(millis);
        clock.tick();
    }

    private int millisLeft() {
        return tcb.rtoDeadline() - clock.millis();
    }

    @Test
    void shouldCountFromTheFirstSegmentsDeparture() {
        advance(120);
        timer.adjust(tcb, 0);
        assertThat(millisLeft()).isEqualTo(RTO_MS - 120);
    }

    @Test
    void shouldCountFromTheLastAcknowledgmentOfNewTextHoweverOldTheNextSegmentIs() {
        advance(150);
        tcb.sndUna(MSS);
        tcb.progressMs(clock.millis());
        advance(20);
        timer.adjust(tcb, 0);
        assertThat(millisLeft()).isEqualTo(RTO_MS - 20);
    }
}
