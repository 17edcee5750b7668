package io.millrace.bench.run;

import static io.millrace.bench.run.LiveTable.count;
import static io.millrace.bench.run.LiveTable.decimal;
import static io.millrace.bench.run.LiveTable.percent;

import io.millrace.bench.profile.Profile;
import io.millrace.bench.run.NodeReport.Latency;
import io.millrace.bench.run.NodeReport.Load;
import io.millrace.dataplane.counters.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A result as text, for people. */
public final class Summary {
    private Summary() {}

    /** The lines of the summary: those of the last part, then all parts beside each other. */
    public static List<String> of(final Study study) {
        final List<String> lines = new ArrayList<>(of(study.subject()));
        lines.addAll(PartsTable.of(study));
        study.profile().ifPresent(profile -> lines.addAll(profile(profile)));
        return lines;
    }

    /** Where the time goes. */
    public static List<String> profile(final Profile profile) {
        return profile.lines().stream().map(line -> row("profile", line)).toList();
    }

    /** The run in the middle, then what all of them together say. */
    static List<String> of(final Repeats repeats) {
        final BenchResult middle = repeats.middle();
        final List<String> lines = new ArrayList<>(of(middle));
        if (middle.opened() == 0) {
            return lines;
        }
        lines.addAll(references(repeats));
        if (repeats.wanted() > 1) {
            final Spread rate = repeats.rate();
            lines.add(row(
                    "repeats",
                    "%d of %d runs: median %s connections/s, %s to %s, %s apart; the lines above are of the run in the middle"
                            .formatted(
                                    repeats.counting().size(),
                                    repeats.wanted(),
                                    count(rate.median()),
                                    count(rate.min()),
                                    count(rate.max()),
                                    percent(rate.relative()))));
        }
        return lines;
    }

    /** A line for each reference: its figure, and the engine's beside it. */
    static List<String> references(final Repeats engine) {
        return engine.references().stream()
                .map(reference -> row(
                        reference.contender().kind() == Contender.Kind.LIMIT ? "limit" : "reference",
                        reference.contender().label() + ": " + reference(engine, reference)
                                + reference.broken().map(why -> "; " + why).orElse("")))
                .toList();
    }

    private static String reference(final Repeats engine, final ReferenceRuns reference) {
        if (!reference.isThere() || reference.rate().median() == 0) {
            return "no figure";
        }
        if (reference.contender().kind() == Contender.Kind.LIMIT) {
            return "%s frames/s there and back, which is %s connections/s of %s frames each way: millrace has %s of them"
                    .formatted(
                            count(reference.rate().median()),
                            count(reference.connections(engine)),
                            decimal(ReferenceRuns.framesPerConnection(engine), 2),
                            percent(reference.share(engine)));
        }
        return "%s connections/s%s, the server's CPU %s busy: millrace has %s times as many for each core of the server"
                .formatted(
                        count(reference.rate().median()),
                        reference.failed() == 0 ? "" : " (" + count(reference.failed()) + " failed)",
                        percent(reference.serverBusy().median()),
                        decimal(reference.times(engine), 1));
    }

    /** The lines of one run. */
    static List<String> of(final BenchResult result) {
        final List<String> lines = new ArrayList<>();
        final Interval server = result.server();
        final Interval generator = result.generator();
        final Latency latency = result.latency();
        lines.add("");
        if (result.opened() == 0) {
            lines.add("connection rate: nothing was measured" + (result.interrupted() ? " before the interrupt" : ""));
            return lines;
        }
        lines.add("connection rate: %s connections/s opened and closed, over %s s on the %s link%s%s"
                .formatted(
                        count(result.connectionsPerSecond()),
                        decimal(result.seconds(), 1),
                        result.plan().link().label(),
                        result.plan().addressing() == Addressing.IPV6 ? ", IPv6" : "",
                        result.interrupted() ? " (interrupted)" : ""));
        lines.add(row(
                "connections",
                "opened %s, closed %s, failed %s"
                        .formatted(count(result.opened()), count(result.closed()), failures(result))));
        result.held().ifPresent(held -> lines.addAll(held(held)));
        result.blast().ifPresent(blast -> {
            lines.add(
                    result.plan().offer().isFlood()
                            ? row("flood", flood(blast))
                            : row("clients", clients(result, blast)));
            lines.add(row(
                    "legitimate",
                    "%s succeeded, %s at the first try"
                            .formatted(finePercent(result.succeeded()), finePercent(result.succeededAtFirstTry()))));
        });
        if (result.plan().offer().isOpenLoop()) {
            lines.add(row("offered", offered(result)));
        }
        lines.add(row(
                "set-up latency",
                "p50 %s µs, p99 %s µs, p99.9 %s µs, max %s µs"
                        .formatted(
                                decimal(latency.p50(), 1),
                                decimal(latency.p99(), 1),
                                decimal(latency.p999(), 1),
                                decimal(latency.max(), 1))));
        if (result.plan().link().leadsAbroad()) {
            lines.addAll(ofGenerator(result));
            return lines;
        }
        lines.add(row(
                "packets",
                "server receives %s Mpps, sends %s Mpps; %s retransmitted"
                        .formatted(
                                decimal(server.perSecond(Counter.FRAMES_RECEIVED) / 1e6, 3),
                                decimal(server.perSecond(Counter.FRAMES_TRANSMITTED) / 1e6, 3),
                                count(result.retransmissions()))));
        lines.add(row(
                "TIME_WAIT",
                "%s entries in %s MB off-heap, %s"
                        .formatted(
                                count(result.timeWaitEntries()),
                                decimal(result.timeWaitBytes() / 1e6, 1),
                                timeWaitHeld(result))));
        lines.add(row("SYN queue", "at most " + count(result.synQueuePeak()) + " half-open connections"));
        lines.add(row(
                "CPU",
                "server %s cores, %s busy; generator %s cores, %s busy: %s"
                        .formatted(
                                decimal(server.cores(), 2),
                                percent(server.busy()),
                                decimal(generator.cores(), 2),
                                percent(generator.busy()),
                                limit(result))));
        lines.add(row(
                "heap",
                "polling threads allocated %s bytes (server), %s bytes (generator)"
                        .formatted(count(server.pollingAllocatedBytes()), count(generator.pollingAllocatedBytes()))));
        lines.add(row("pauses", "server %s; generator %s".formatted(pauses(server), pauses(generator))));
        lines.add(row(
                "warm-up",
                "%s s, left out; the rate had %ssettled"
                        .formatted(decimal(result.warmUpSeconds(), 1), result.settled() ? "" : "not ")));
        final long heldBack = generator.delta(Load::heldBack);
        if (heldBack > 0) {
            lines.add(row(
                    "held back",
                    count(heldBack) + " attempts for which the generator had no room or port; made later"));
        }
        result.leftOver()
                .filter(left -> left > 0)
                .ifPresent(left -> lines.add(
                        row("left over", count(left) + " connections on the server after the load had stopped")));
        return lines;
    }

    /** Of a run before a server that is not ours: what the generator tells. */
    private static List<String> ofGenerator(final BenchResult result) {
        final Interval generator = result.generator();
        return List.of(
                row(
                        "packets",
                        "generator receives %s Mpps, sends %s Mpps; it sent %s again"
                                .formatted(
                                        decimal(generator.perSecond(Counter.FRAMES_RECEIVED) / 1e6, 3),
                                        decimal(generator.perSecond(Counter.FRAMES_TRANSMITTED) / 1e6, 3),
                                        count(result.retransmissions()))),
                row(
                        "CPU",
                        "generator %s cores, %s busy: %s"
                                .formatted(
                                        decimal(generator.cores(), 2),
                                        percent(generator.busy()),
                                        result.limit().equals("generator")
                                                ? "the generator is the limit"
                                                : "the server or the link is the limit")));
    }

    private static List<String> held(final HeldFigures held) {
        return List.of(
                row(
                        "held",
                        "%s of %s connections open, %s lost; afterwards %s closed in order"
                                .formatted(
                                        count(held.open()),
                                        count(held.wanted()),
                                        count(held.lost()),
                                        count(held.closed()))),
                row(
                        "memory",
                        "%s MB off-heap in the server's tables, %s bytes a connection; process grew by %s MB, its heap by %s MB;"
                                        .formatted(
                                                decimal(held.tableBytes() / 1e6, 1),
                                                decimal(held.tableBytes() / (double) Math.max(1, held.held()), 1),
                                                decimal(held.residentBytes() / 1e6, 1),
                                                decimal(held.heapBytes() / 1e6, 1))
                                + " " + count(held.bufferBlocks()) + " buffers in use"));
    }

    private static String clients(final BenchResult result, final BlastFigures blast) {
        return "%s SYNs/s sent of clients that keep no state, %s shed at sight; %s connections/s of the engine's beside them"
                .formatted(
                        count(blast.sentPerSecond()),
                        count(blast.shedPerSecond()),
                        count(result.generator().perSecond(Load::closed)));
    }

    private static String flood(final BlastFigures flood) {
        final long asked = flood.offer().syns().orElse(0);
        return "%s SYNs/s sent (%s), %s absorbed, %s answered by cookies, %s shed%s"
                .formatted(
                        count(flood.sentPerSecond()),
                        asked == 0 ? "as many as possible" : "of " + count(asked) + " asked for",
                        count(flood.absorbedPerSecond()),
                        count(flood.cookiesPerSecond()),
                        count(flood.shedPerSecond()),
                        flood.fellBehind() ? ": fewer than asked for" : "");
    }

    /** A share whose distance to all is what matters. */
    private static String finePercent(final double share) {
        return decimal(share * 100, 3) + " %";
    }

    private static String behind(final BenchResult result) {
        if (!result.fellBehind()) {
            return "";
        }
        return result.wasFull()
                ? ": no more than %s may be under way, so less was offered than asked for"
                        .formatted(count(result.plan().mostUnderWay()))
                : ": the generator fell behind, so less was offered than asked for";
    }

    private static String offered(final BenchResult result) {
        final double offered = result.offeredPerSecond();
        return "%s connections/s due, %s begun, %s completed (%s of those due)%s"
                .formatted(
                        count(offered),
                        count(result.begunPerSecond()),
                        count(result.connectionsPerSecond()),
                        percent(offered == 0 ? 0 : result.connectionsPerSecond() / offered),
                        behind(result));
    }

    /** What stopped a node's JVM. */
    public static String pauses(final Interval interval) {
        final String collections =
                "%s collections (%s ms)".formatted(count(interval.collections()), count(interval.collectionMillis()));
        final OptionalLong safepoints = interval.safepoints();
        return safepoints.isEmpty()
                ? collections
                : collections
                        + ", %s safepoints (%s ms)"
                                .formatted(
                                        count(safepoints.getAsLong()),
                                        count(interval.safepointMillis().orElse(0)));
    }

    private static String timeWaitHeld(final BenchResult result) {
        final long early = result.timeWaitRecycled() + result.timeWaitOverflows();
        final String spread = result.timeWaitHeld()
                .map(held -> "; %s/s expired, after %s to %s s"
                        .formatted(count(held.leftPerSecond()), decimal(held.least(), 2), decimal(held.most(), 2)))
                .orElse("");
        return early == 0
                ? "each held for its whole " + result.plan().timeWaitSeconds() + " s" + spread
                : "%s ended early: %s reopened by a new SYN, %s pushed out of the full table"
                        .formatted(count(early), count(result.timeWaitRecycled()), count(result.timeWaitOverflows()));
    }

    private static String limit(final BenchResult result) {
        return switch (result.limit()) {
            case "server" -> "the server is the limit";
            case "generator" -> "the generator is the limit";
            default -> "neither is the limit: the link, the CPUs' other work or the concurrency is";
        };
    }

    private static String failures(final BenchResult result) {
        return count(result.failed()) + (result.failures().isEmpty() ? "" : " " + result.failures());
    }

    private static String row(final String name, final String text) {
        return "  %-16s%s".formatted(name, text);
    }
}
