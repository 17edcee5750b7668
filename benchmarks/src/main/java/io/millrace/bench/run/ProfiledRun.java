package io.millrace.bench.run;

import io.millrace.bench.profile.Profile;
import io.millrace.bench.profile.ProfileFolder;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a run that was made for its profile has left behind. Stateless. */
public final class ProfiledRun {
    private ProfiledRun() {}

    /**
     * Reads the recordings of its processes, which have ended.
     *
     * @param other what the node is called that is not the server.
     * @param measured the time that counts; its first moment is the one at which the recordings began.
     * @param figures what it measured, by the names of the result's JSON.
     * @param ofMedian its figure as a share of the median of the runs that count.
     */
    public static Profile read(
            final ProfileFolder folder,
            final String other,
            final Series measured,
            final Map<String, Object> figures,
            final double ofMedian,
            final boolean interrupted)
            throws IOException {
        final Moment first = measured.first();
        final Moment last = measured.last();
        return Profile.read(
                folder,
                List.of(
                        new Profile.Node(
                                "server",
                                threads(first.server()),
                                last.serverSince(first).busy()),
                        new Profile.Node(
                                other,
                                threads(first.generator()),
                                last.generatorSince(first).busy())),
                Instant.ofEpochMilli(first.epochMillis()),
                Instant.ofEpochMilli(last.epochMillis()),
                figures,
                ofMedian,
                interrupted,
                measured.failure());
    }

    private static Set<Long> threads(final NodeReport mark) {
        return Arrays.stream(mark.facts()
                        .getOrDefault(NodeReport.POLLING_THREADS, "")
                        .split(" "))
                .filter(id -> !id.isEmpty())
                .map(Long::valueOf)
                .collect(Collectors.toSet());
    }
}
