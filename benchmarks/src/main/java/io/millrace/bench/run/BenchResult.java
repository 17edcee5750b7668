package io.millrace.bench.run;

import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/** What a run has shown. Immutable. */
public final class BenchResult {
    /** A polling thread that is busy for this share of its time has no more to give. */
    private static final double SATURATED = 0.85;
    /** A generator that begins a smaller share of what was due has not offered what was asked for. */
    private static final double MOST_BEHIND = 0.99;

    private final BenchPlan plan;
    private final Moment ready;
    private final Moment last;
    private final Series warmUp;
    private final boolean settled;
    private final Series measured;
    private final Optional<Moment> drained;
    private final boolean interrupted;
    private final Optional<String> failure;
    private final Interval server;
    private final Interval generator;

    BenchResult(
            final BenchPlan plan,
            final Moment ready,
            final Series warmUp,
            final boolean settled,
            final Series measured,
            final Optional<Moment> drained,
            final boolean interrupted) {
        this.plan = plan;
        this.ready = ready;
        this.drained = drained;
        this.interrupted = interrupted;
        this.warmUp = warmUp;
        this.settled = settled;
        this.measured = measured;
        last = measured.last();
        failure = measured.failure();
        server = last.serverSince(measured.first());
        generator = last.generatorSince(measured.first());
    }

    /** What was asked for. */
    public BenchPlan plan() {
        return plan;
    }

    /** True when somebody ended the run early. */
    public boolean interrupted() {
        return interrupted;
    }

    /** What broke the run off: a process that died. */
    public Optional<String> failure() {
        return failure;
    }

    /** How long was measured, s. */
    public double seconds() {
        return generator.seconds();
    }

    /** Connections a second that were due. */
    public double offeredPerSecond() {
        return generator.perSecond(Load::allOffered);
    }

    /** Connections a second that have begun: fewer than were due where the generator could not keep up. */
    public double begunPerSecond() {
        return generator.perSecond(Load::allBegun);
    }

    /** Whether the generator began noticeably fewer connections than were due. */
    public boolean fellBehind() {
        return begunPerSecond() < MOST_BEHIND * offeredPerSecond();
    }

    /** Whether that was because no more connections may be under way, and not for want of time. */
    public boolean wasFull() {
        return last.generator().load().underWay() >= MOST_BEHIND * plan.mostUnderWay();
    }

    /** Connections opened and closed a second: the figure. */
    public double connectionsPerSecond() {
        return generator.perSecond(Load::allClosed);
    }

    /** Connections established. */
    public long opened() {
        return generator.delta(Load::allOpened);
    }

    /** Connections established and ended in order. */
    public long closed() {
        return generator.delta(Load::allClosed);
    }

    /** Connections that ended otherwise. */
    public long failed() {
        return generator.delta(Load::allFailed);
    }

    /** Failures of the whole run by reason, zero ones left out. */
    public Map<String, Long> failures() {
        return last.generator().load().failures();
    }

    /** Set-up latency over the measured time. */
    public Latency latency() {
        return last.generator().total();
    }

    /** Entries that the side which closes first holds in TIME_WAIT at the end. */
    public long timeWaitEntries() {
        return ofBoth(Counter.TIME_WAIT_ENTRIES);
    }

    private long ofBoth(final Counter gauge) {
        return last.server().counter(gauge) + last.generator().counter(gauge);
    }

    /** How long the server's entries were held; empty where none was let go yet, or some went before their time. */
    public Optional<TimeWaitHeld> timeWaitHeld() {
        return timeWaitRecycled() + timeWaitOverflows() > 0
                ? Optional.empty()
                : Optional.ofNullable(TimeWaitHeld.of(warmUp, measured, plan.timeWaitSeconds()));
    }

    /** What held connections took, where there were any. */
    Optional<HeldFigures> held() {
        return plan.offer().held() == 0
                ? Optional.empty()
                : Optional.of(
                        new HeldFigures(plan.offer().held(), ready, measured.first(), last, drained.orElse(last)));
    }

    /** Off-heap bytes they take. */
    public long timeWaitBytes() {
        return ofBoth(Counter.TIME_WAIT_BYTES);
    }

    /** Entries that a new SYN for the same tuple has reopened before their time. */
    public long timeWaitRecycled() {
        return server.delta(Counter.TIME_WAIT_RECYCLED) + generator.delta(Counter.TIME_WAIT_RECYCLED);
    }

    /** Entries that had to go before their time because the table was full. */
    public long timeWaitOverflows() {
        return server.delta(Counter.TIME_WAIT_OVERFLOWS) + generator.delta(Counter.TIME_WAIT_OVERFLOWS);
    }

    /** The most half-open connections the server has held since its start. */
    public long synQueuePeak() {
        return last.server().counter(Counter.SYN_QUEUE_PEAK);
    }

    /** Segments sent again by either side. */
    public long retransmissions() {
        return server.delta(Counter.TCP_SEGMENTS_RETRANSMITTED) + generator.delta(Counter.TCP_SEGMENTS_RETRANSMITTED);
    }

    /** Whether the rate had settled when the warm-up ended. */
    public boolean settled() {
        return settled;
    }

    /** How long the warm-up took, s. */
    public double warmUpSeconds() {
        return warmUp.seconds();
    }

    /** The set-up latencies of each second that counts, one after another. */
    public List<LatencyInterval> latencies() {
        final List<Moment> moments = measured.moments();
        return IntStream.range(1, moments.size())
                .mapToObj(i -> LatencyInterval.between(moments.get(i - 1), moments.get(i)))
                .toList();
    }

    /** What tells whether anything disturbed it. */
    Watched watched() {
        return new Watched(
                measured.first(),
                last,
                plan.threads().serverCores(),
                plan.threads().generatorCores(),
                settled ? 0 : warmUpSeconds());
    }

    /** The moments of the warm-up. */
    Series warmUp() {
        return warmUp;
    }

    /** The moments of the time that counts. */
    Series measured() {
        return measured;
    }

    /** The machine's CPUs before the measured time; {@link #last} has them after it. */
    CpuTimes cpusBefore() {
        return measured.first().cpus();
    }

    /** What the server did in the measured time. */
    Interval server() {
        return server;
    }

    /** What the generator did in the measured time. */
    Interval generator() {
        return generator;
    }

    /** The nodes as they were ready, with their facts. */
    Moment ready() {
        return ready;
    }

    /** The last moment of the measured time. */
    Moment last() {
        return last;
    }

    /** Connections the server still held after the load had stopped and drained; empty when it was not asked. */
    public Optional<Long> leftOver() {
        // the half-open entries that a flood leaves behind are nobody's connections
        return drained.map(Moment::server)
                .map(report -> report.counter(Counter.CONNECTIONS)
                        + (plan.offer().isFlood() ? 0 : report.counter(Counter.SYN_QUEUE_ENTRIES)));
    }

    /** Share of the connections under way at some time of the measured time that have come to their orderly end. */
    public double succeeded() {
        return shareOfBegun(Load::closed);
    }

    /** Share of them that have done so without a SYN sent again. */
    public double succeededAtFirstTry() {
        return shareOfBegun(Load::closedAtFirstTry);
    }

    private double shareOfBegun(final ToLongFunction<Load> count) {
        final Load before = measured.first().generator().load();
        final Load after = drained.orElse(last).generator().load();
        final long begun = before.underWay() + after.attempts() - before.attempts();
        return begun == 0 ? 0 : (count.applyAsLong(after) - count.applyAsLong(before)) / (double) begun;
    }

    /** What SYNs that no engine sends met, where there were any. */
    public Optional<BlastFigures> blast() {
        return plan.offer().syns().isPresent()
                ? Optional.of(new BlastFigures(plan.offer(), server, generator))
                : Optional.empty();
    }

    /** What the server's polling threads worked for each connection closed, ns: what a change of arrangement changes. */
    double serverNanosPerConnection() {
        return server.workNanosPer(closed());
    }

    /** Who limits the rate: the node with less idle time, or neither of them when both had some left. */
    public String limit() {
        final boolean closedLoop = !plan.offer().isOpenLoop() && !plan.offer().isFlood();
        if (blast().isPresent() && !closedLoop) {
            return blast().get().limit(server.busy() >= SATURATED);
        }
        if (Math.max(server.busy(), generator.busy()) < SATURATED) {
            return "neither";
        }
        return server.busy() >= generator.busy() ? "server" : "generator";
    }
}
