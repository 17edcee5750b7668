package io.millrace.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.bench.run.ResultJson;
import io.millrace.bench.run.Study;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The report of a benchmark: a folder of three files. Stateless. */
public final class BenchReport {
    /** The page, which needs nothing but itself. */
    static final String PAGE = "index.html";
    /** The result for machines. */
    static final String RESULT = "result.json";
    /** The latencies of each second, in HdrHistogram's log format. */
    static final String LATENCIES = "latency.hlog";
    /** What a report consists of. */
    static final Set<String> FILES = Set.of(PAGE, RESULT, LATENCIES);

    private BenchReport() {}

    /** Writes the report, all of it or nothing; an earlier one in the same place is replaced. */
    public static void write(final Study study, final ReportFolder folder) throws IOException {
        final String json = ResultJson.toText(ResultJson.of(study));
        final Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(RESULT, json.getBytes(UTF_8));
        files.put(PAGE, page(json).getBytes(UTF_8));
        files.put(LATENCIES, LatencyLog.of(study.subject()));
        folder.write(files);
    }

    private static String page(final String json) throws IOException {
        try {
            return ReportPage.of(ResultDocument.of(RESULT, json));
        } catch (final NoResultException e) {
            throw new IOException("the result just made can't be read: " + e.getMessage(), e);
        }
    }

    /** The folder of a report, for messages. */
    public static Path page(final ReportFolder folder) {
        return folder.path().resolve(PAGE);
    }
}
