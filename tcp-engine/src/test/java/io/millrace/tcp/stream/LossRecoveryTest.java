package io.millrace.tcp.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.VirtualClock;
import io.millrace.tcp.table.BulkRecords;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.Registry;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbLayout;
import io.millrace.tcp.timer.BurstClock;
import java.util.HashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a flight remembers that never comes to its end: it goes on through more numbers than can be compared. */
@Tag("D1")
@Tag("D3")
class LossRecoveryTest {
    private static final int MSS = 1_000;
    private static final int STEP = 1 << 28;

    private final VirtualClock time = new VirtualClock();
    private final BurstClock clock = new BurstClock(time);
    private final CounterBlock counters = CounterBlock.allocate("shard");
    private final RecordSlab connections = new RecordSlab("connections", 1, TcbLayout.LENGTH);
    private final RecordSlab ranges = new RecordSlab("ranges", 64, Flight.RECORD_LENGTH);
    private final RecordSlab recoveries = new RecordSlab("recoveries", 1, Recovery.RECORD_LENGTH);
    private final BulkRecords bulk = new BulkRecords("bulk", 1);
    private final Registry<ConnectionOptions> options = new Registry<>("options", new HashMap<>());
    private final Flight flight = new Flight(ranges);
    private final Recovery recovery = new Recovery(recoveries, flight);
    private final Delivery delivery = new Delivery();
    private final Tcb tcb = new Tcb();
    private LossRecovery losses;

    @BeforeEach
    void open() {
        final int slot = connections.allocate();
        tcb.wrap(slot, connections.address(slot)).reset();
        tcb.options(
                options.acquire(ConnectionOptions.defaults(TcpConfig.builder().build())));
        tcb.mss(MSS);
        tcb.cwnd(10 * MSS);
        tcb.ssthresh(10 * MSS);
        losses = new LossRecovery(
                flight,
                recovery,
                new Rack(flight, counters),
                new CongestionWindow(options, bulk, clock),
                clock,
                counters);
    }

    @AfterEach
    void close() {
        flight.clear(tcb);
        ranges.close();
        recoveries.close();
        connections.close();
        bulk.close();
    }

    /** Ten segments more leave, from SND.NXT on. */
    private void send() {
        for (int i = 0; i < 10; i++) {
            flight.add(tcb, tcb.sndNxt(), tcb.sndNxt() + MSS, 1, clock.micros(), 0);
            tcb.sndNxt(tcb.sndNxt() + MSS);
        }
        tcb.sndMax(tcb.sndNxt());
        time.advanceMillis(10);
        clock.tick();
    }

    private void acknowledge(final int una) {
        final int acked = una - tcb.sndUna();
        delivery.begin(clock.micros(), clock.millis(), tcb.sndUna(), 0);
        tcb.sndUna(una);
        flight.acknowledge(tcb, delivery);
        losses.onAck(tcb, delivery, acked, false);
    }

    private void duplicates(final int count) {
        for (int i = 0; i < count; i++) {
            delivery.begin(clock.micros(), clock.millis(), tcb.sndUna(), 0);
            losses.onAck(tcb, delivery, 0, true);
        }
    }

    @Test
    void shouldRecoverFromALossTwoGigabytesAfterTheLast() {
        send();
        assertThat(recovery.acquire(tcb)).isTrue();
        duplicates(3);
        assertThat(tcb.is(TcbFlags.IN_RECOVERY)).isTrue();
        acknowledge(tcb.sndMax());
        assertThat(tcb.is(TcbFlags.IN_RECOVERY)).isFalse();

        for (int i = 0; i < 9; i++) { // to where the end of that recovery lies ahead again, by comparison
            send();
            acknowledge(tcb.sndMax());
            tcb.sndUna(tcb.sndUna() + STEP);
            tcb.sndNxt(tcb.sndUna());
            tcb.sndMax(tcb.sndUna());
        }
        send();
        duplicates(3);
        assertThat(tcb.is(TcbFlags.IN_RECOVERY)).isTrue();
    }

    @Test
    void shouldNotUndoWhatIsLongPast() {
        send();
        assertThat(recovery.acquire(tcb)).isTrue();
        duplicates(3);
        losses.onResent(tcb, MSS);
        acknowledge(tcb.sndMax());
        assertThat(losses.isPending()).isTrue();
        for (int i = 0; i < 3; i++) {
            send();
            acknowledge(tcb.sndMax());
        }
        assertThat(losses.isPending()).isFalse();
    }
}
