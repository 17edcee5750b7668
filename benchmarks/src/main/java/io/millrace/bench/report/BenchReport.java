package io.millrace.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.bench.profile.Profile;
import io.millrace.bench.profile.ProfileFolder;
import io.millrace.bench.run.BenchResult;
import io.millrace.bench.run.LatencyInterval;
import io.millrace.bench.run.ResultJson;
import io.millrace.bench.run.Study;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The report of a benchmark: a folder of a page, its figures, latencies where there are any, and a profile's recordings. Stateless. */
public final class BenchReport {
    /** The page, which needs nothing but itself. */
    static final String PAGE = "index.html";
    /** The result for machines. */
    static final String RESULT = "result.json";
    /** The latencies of each second, in HdrHistogram's log format. */
    static final String LATENCIES = "latency.hlog";
    /** What a report consists of. */
    static final Set<String> FILES = Set.of(
            PAGE,
            RESULT,
            LATENCIES,
            ProfileFolder.name("server"),
            ProfileFolder.name("generator"),
            ProfileFolder.name("client"));

    private BenchReport() {}

    /** Writes the report of connections. */
    public static void write(final Study study, final ReportFolder folder) throws IOException {
        write(
                ResultJson.of(study),
                "set-up latencies in ns, from the burst of the SYN to the burst of the SYN-ACK",
                study.subject().runs().stream().map(BenchResult::latencies).toList(),
                study.profile().map(Profile::recordings).orElse(Map.of()),
                folder);
    }

    /** Writes a report without latencies. */
    public static void write(final Map<String, Object> json, final ReportFolder folder) throws IOException {
        write(json, "", List.of(), Map.of(), folder);
    }

    /**
     * Writes a report, all of it or nothing; an earlier one in the same place is replaced.
     *
     * @param what the latencies are of, and their unit.
     * @param latencies of each run those of each second; where there are none at all there is no file of them.
     * @param recordings of the profile, by the names of their files.
     */
    public static void write(
            final Map<String, Object> json,
            final String what,
            final List<List<LatencyInterval>> latencies,
            final Map<String, byte[]> recordings,
            final ReportFolder folder)
            throws IOException {
        final String text = ResultJson.toText(json);
        final Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(RESULT, text.getBytes(UTF_8));
        files.put(PAGE, page(text).getBytes(UTF_8));
        if (!latencies.isEmpty()) {
            files.put(LATENCIES, LatencyLog.of(what, latencies));
        }
        files.putAll(recordings);
        folder.write(files);
    }

    private static String page(final String json) throws IOException {
        try {
            final ResultDocument result = ResultDocument.of(RESULT, json);
            return result.schema().page(result);
        } catch (final NoResultException e) {
            throw new IOException("the result just made can't be read: " + e.getMessage(), e);
        }
    }

    /** The folder of a report, for messages. */
    public static Path page(final ReportFolder folder) {
        return folder.path().resolve(PAGE);
    }
}
