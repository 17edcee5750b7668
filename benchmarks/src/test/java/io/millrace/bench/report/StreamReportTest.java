package io.millrace.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.run.ResultJson;
import io.millrace.bench.stream.Direction;
import io.millrace.bench.stream.Pairing;
import io.millrace.bench.stream.Pattern;
import io.millrace.bench.stream.StreamJson;
import io.millrace.bench.stream.StreamPlan;
import io.millrace.bench.stream.StreamStudy;
import io.millrace.bench.stream.SyntheticStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

@DisplayName("The report of a stream benchmark")
class StreamReportTest {
    private static final StreamPlan BESIDE_LINUX =
            SyntheticStream.plan(Pattern.BULK, Direction.TO_SERVER, Pairing.values());

    @TempDir
    private Path folder;

    private Path report(final StreamStudy study) throws IOException {
        final ReportFolder place = new ReportFolder(folder.resolve("report"));
        BenchReport.write(StreamJson.of(study), "latencies in ns", study.latencies(), Map.of(), place);
        return place.path();
    }

    private static String page(final Path report) throws IOException {
        return Files.readString(report.resolve("index.html"));
    }

    private static Document parse(final String page) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(page.getBytes(UTF_8)));
    }

    private static String[] headings(final Document document) {
        final NodeList headings = document.getElementsByTagName("h2");
        return IntStream.range(0, headings.getLength())
                .mapToObj(i -> headings.item(i).getTextContent())
                .toArray(String[]::new);
    }

    @Test
    void shouldSetThePairingsBesideEachOther() throws Exception {
        // rounds of engine and engine, engine and Linux, Linux and Linux
        final Path report = report(SyntheticStream.study(BESIDE_LINUX, 20, 4, 10, 30, 5, 11, 22, 6, 40));

        final String page = page(report);
        final Document document = parse(page);
        assertThat(report.toFile().list())
                .as("bulk has no latencies")
                .containsExactlyInAnyOrder("index.html", "result.json");
        assertThat(headings(document))
                .containsExactly(
                        "Text carried",
                        "Beside each other",
                        "Segments",
                        "CPU",
                        "Runs",
                        "Counters",
                        "Machine",
                        "Command");
        assertThat(document.getElementsByTagName("h1").item(0).getTextContent()).isEqualTo("22.00 Gbit/s");
        assertThat(page)
                .contains("text in bulk, 3 connections to the server, MTU 1500; millrace to millrace over vhost;"
                        + " median of 3 runs, 20.00 to 30.00; 4 s each")
                .contains("<b>2.00 times</b><span>of Linux to Linux</span>")
                .contains(
                        "<th>millrace to Linux over af_packet on veth</th><td>5.00</td><td>4.00\u00a0to\u00a06.00</td>"
                                + "<td>0.455</td>")
                .contains("<th>7 (middle)</th><td>millrace to millrace</td><td>22.00</td>")
                .contains("<th>server: dpdk</th><td>DPDK 22.11.7</td>")
                .contains("<th>buffer bytes</th><td>1,048,576</td>")
                .contains("<pre>" + "millrace bench stream --duration 4s &lt;&amp;&gt;</pre>")
                .contains("Read these figures with doubt", "Linux to Linux: the runs are 272.7% apart")
                .doesNotContain("http:", "https:", "src=", "href=", "<script", "NaN", "Infinity");
    }

    @Test
    void shouldDrawEveryRunOfEachPairing() throws Exception {
        final Document document = parse(page(report(SyntheticStream.study(BESIDE_LINUX, 20, 4, 10, 30, 5, 11))));

        final NodeList lines =
                ((Element) document.getElementsByTagName("svg").item(0)).getElementsByTagName("polyline");

        assertThat(IntStream.range(0, lines.getLength()).mapToObj(i -> ((Element) lines.item(i)).getAttribute("class")))
                .as("those in the middle before the others")
                .containsExactly("faint", "faint", "faint", "c0", "c1", "c2");
        assertThat(((Element) lines.item(0)).getAttribute("points").split(" "))
                .as("two seconds of warm-up, four that count")
                .hasSize(6);
    }

    @Test
    void shouldHaveTheLatenciesOfRequests() throws Exception {
        final Path report = report(SyntheticStream.study(SyntheticStream.requests(), 1_470_000, 1_480_000));

        final Document document = parse(page(report));
        assertThat(headings(document))
                .containsExactly(
                        "Requests answered", "Latency", "Segments", "CPU", "Runs", "Counters", "Machine", "Command");
        assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(6);
        assertThat(page(report))
                .contains("<h1>1,475,000 requests/s</h1>")
                .contains("requests and answers of 64 bytes, 3 connections, MTU 1500")
                .contains("<b>500 µs</b><span>p50 of an answer</span>")
                .contains("The machine was quiet")
                .doesNotContain("NaN");
        try (HistogramLogReader reader =
                new HistogramLogReader(report.resolve("latency.hlog").toFile())) {
            for (int i = 0; i < 8; i++) {
                final Histogram nanos = (Histogram) reader.nextIntervalHistogram();
                assertThat(nanos.getTag()).isEqualTo(i < 4 ? "run-1" : "run-2");
                assertThat(nanos.getTotalCount()).isEqualTo(1000);
            }
            assertThat(reader.nextIntervalHistogram()).isNull();
        }
    }

    @Test
    void shouldBeMadeOfTheFileAloneAndBeReplacedByAnother() throws Exception {
        final Path report = report(SyntheticStream.study(SyntheticStream.bulk(), 10));
        final ResultDocument read = ResultDocument.read(report);

        assertThat(read.schema()).isEqualTo(Schema.STREAM);
        assertThat(StreamPage.of(read)).isEqualTo(page(report));
        assertThat(read.settings().keySet())
                .containsAll(
                        ResultDocument.of(StreamJson.of(SyntheticStream.study(SyntheticStream.requests(), 1)))
                                .settings()
                                .keySet()
                                .stream()
                                .filter(name -> !name.equals("size"))
                                .toList());

        report(SyntheticStream.study(SyntheticStream.requests(), 500));
        assertThat(page(report)).contains("<h1>500 requests/s</h1>");
    }

    @Test
    void shouldBeWrittenOfARunThatMeasuredNothing() throws Exception {
        final String page = page(report(SyntheticStream.nothing()));

        parse(page);
        assertThat(page)
                .contains("<h1>0 requests/s</h1>", "broken off: the client process died (exit code 137)")
                .doesNotContain("NaN", "Infinity", "The machine was quiet");
        assertThat(ResultJson.toText(StreamJson.of(SyntheticStream.nothing()))).contains("millrace-stream-1");
    }
}
