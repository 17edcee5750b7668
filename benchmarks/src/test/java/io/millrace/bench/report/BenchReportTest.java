package io.millrace.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.bench.profile.Profile;
import io.millrace.bench.profile.Room;
import io.millrace.bench.profile.ThreadProfile;
import io.millrace.bench.run.Offer;
import io.millrace.bench.run.Repeats;
import io.millrace.bench.run.ResultJson;
import io.millrace.bench.run.Study;
import io.millrace.bench.run.SyntheticRun;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

@DisplayName("The report of a benchmark")
class BenchReportTest {
    @TempDir
    private Path folder;

    private Path report(final Repeats repeats) throws IOException {
        final ReportFolder place = new ReportFolder(folder.resolve("deep").resolve("report"));
        BenchReport.write(Study.of(repeats), place);
        return place.path();
    }

    private static Document parse(final String page) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(page.getBytes(UTF_8)));
    }

    @Test
    void shouldBeThreeFilesInAFolderMadeForThem() throws IOException {
        final Path path = report(SyntheticRun.repeats(1000));

        assertThat(path).isDirectoryContaining("glob:**/index.html");
        assertThat(path.toFile().list()).containsExactlyInAnyOrder("index.html", "result.json", "latency.hlog");
        assertThat(path.getParent().toFile().list()).as("nothing beside it").containsExactly("report");
    }

    @Test
    void shouldHaveAPageThatIsWellFormedAndNeedsNothingElse() throws Exception {
        final String page = Files.readString(
                report(SyntheticRun.repeats(1_000_000, 1_050_000, 980_000)).resolve("index.html"));

        final Document document = parse(page);
        assertThat(page)
                .doesNotContain("http:")
                .doesNotContain("https:")
                .doesNotContain("src=")
                .doesNotContain("href=")
                .doesNotContain("@import")
                .doesNotContain("url(")
                .doesNotContain("<script")
                .doesNotContain("NaN")
                .doesNotContain("Infinity");
        final NodeList headings = document.getElementsByTagName("h2");
        assertThat(IntStream.range(0, headings.getLength())
                        .mapToObj(i -> headings.item(i).getTextContent()))
                .containsExactly(
                        "Rate",
                        "Set-up latency",
                        "SYN queue and TIME_WAIT",
                        "CPU",
                        "Runs",
                        "Counters",
                        "Machine",
                        "Command");
        assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(7);
        assertThat(document.getElementsByTagName("pre").item(0).getTextContent())
                .isEqualTo(SyntheticRun.COMMAND);
        assertThat(document.getElementsByTagName("h1").item(0).getTextContent()).isEqualTo("1,000,000 connections/s");
    }

    private static String page(final Study study) throws IOException {
        return ReportPage.of(ResultDocument.of(ResultJson.of(study)));
    }

    @Test
    void shouldDrawAndNameWhatBecameOfAFlood() throws Exception {
        final Offer offer = Offer.ofConnections(1_000).withSpoofedSyns(10_000);

        final String page = page(Study.of(SyntheticRun.offering(offer)));

        parse(page);
        assertThat(page)
                .contains("<h1>100.000 % succeed</h1>")
                .contains("while 10,000 spoofed SYNs/s come")
                .contains("<h2>SYNs that no engine sends</h2>")
                .contains("dropped at sight")
                .contains("<b>8,000</b><span>cookies/s</span>");
    }

    @Test
    void shouldDrawAndNameWhatIsHeld() throws Exception {
        final Offer offer = Offer.ofConnections(1_000).withHeld(4_000_000);

        final String page = page(Study.of(SyntheticRun.offering(offer)));

        parse(page);
        assertThat(page)
                .contains("<h1>4,000,000 connections held</h1>")
                .contains("in 1,024.0 MB off-heap")
                .contains("<b>256.0</b><span>bytes each</span>")
                .contains("<h2>Connections held</h2>");
    }

    @Test
    void shouldShowWhereTheTimeGoesAndKeepItsRecordings() throws Exception {
        final ThreadProfile server = new ThreadProfile(
                "server",
                "shard",
                2,
                1_000,
                3,
                12,
                4.2,
                0.93,
                Map.of(Room.DPDK_RECEIVE, 0.75, Room.TCP, 0.25),
                List.of(new ThreadProfile.Method("SynQueue.<init>", Room.TABLES, 0.125)));
        final Profile profile = new Profile(
                Map.of(), 0.97, false, Optional.empty(), List.of(server), Map.of("server.jfr", new byte[] {1, 2, 3}));
        final ReportFolder place = new ReportFolder(folder.resolve("report"));

        BenchReport.write(Study.of(SyntheticRun.repeats(1000)).with(profile), place);
        BenchReport.write(Study.of(SyntheticRun.repeats(1000)).with(profile), place);

        final Document document = parse(Files.readString(place.path().resolve("index.html")));
        final NodeList sections = document.getElementsByTagName("section");
        final Element section = IntStream.range(0, sections.getLength())
                .mapToObj(i -> (Element) sections.item(i))
                .filter(each ->
                        each.getElementsByTagName("h2").item(0).getTextContent().equals("Where the time goes"))
                .findFirst()
                .orElseThrow();
        assertThat(section.getElementsByTagName("rect").getLength())
                .as("a bar each")
                .isEqualTo(2);
        assertThat(section.getTextContent())
                .contains("server, shard (2 threads): 1,000 samples, 12 lost, 3 failed")
                .contains("it had 97.0 % of the median")
                .contains("93.0 % of it busy")
                .contains("DPDK receive75.0 %")
                .contains("SynQueue.<init>tables12.5 %");
        assertThat(place.path().resolve("server.jfr")).hasBinaryContent(new byte[] {1, 2, 3});
    }

    @Test
    void shouldSayWhyThereIsNoProfile() throws Exception {
        final String page = page(Study.of(SyntheticRun.repeats(1000)).with(Profile.none("no room for <it>")));

        parse(page);
        assertThat(page).contains("<h2>Where the time goes</h2>", "no room for &lt;it&gt;");
    }

    @Test
    void shouldPutThePartsOfAStudyBesideEachOther() throws Exception {
        final Study study = new Study(
                List.of(
                        new Study.Measured("empty table", SyntheticRun.repeats(1_000_000, 1_000_000)),
                        new Study.Measured("full table", SyntheticRun.repeats(950_000, 950_000))),
                Optional.empty());

        final String page = page(study);

        final Element section =
                (Element) parse(page).getElementsByTagName("section").item(1);
        assertThat(section.getElementsByTagName("h2").item(0).getTextContent()).isEqualTo("Beside each other");
        assertThat(section.getElementsByTagName("polyline").getLength()).isEqualTo(2);
        assertThat(section.getTextContent())
                .contains("empty table1,000,000100.0 %")
                .contains("full table950,00095.0 %");
        assertThat(page).contains("opened and closed: full table; 95.0 % of 'empty table'");
    }

    @Test
    void shouldDrawEveryRunWithAsManyPointsAsItHasSeconds() throws Exception {
        final Document document = parse(
                Files.readString(report(SyntheticRun.repeats(100, 104, 98)).resolve("index.html")));

        final NodeList lines =
                ((Element) document.getElementsByTagName("svg").item(0)).getElementsByTagName("polyline");

        assertThat(lines.getLength()).isEqualTo(3);
        assertThat(IntStream.range(0, 3)
                        .mapToObj(i -> lines.item(i)
                                .getAttributes()
                                .getNamedItem("points")
                                .getTextContent()
                                .split(" ")
                                .length))
                .as("two seconds of warm-up, four that count")
                .containsOnly(6);
    }

    @Test
    void shouldTellTheMachineTheCountersAndWhatDisturbedTheRuns() throws IOException {
        final String page =
                Files.readString(report(SyntheticRun.repeats(1000, 2000)).resolve("index.html"));

        assertThat(page)
                .contains("Read these figures with doubt")
                .contains("the runs are 66.7% apart")
                .contains("<th>FRAMES_RECEIVED</th><td>12,000</td><td>0</td>")
                .contains("<th>kernel</th>")
                .contains("<th>server: dpdk</th><td>DPDK 22.11.7</td>")
                .contains("<th>huge pages</th>")
                .contains("<th>jvm flags</th>");
        assertThat(ReportPage.of(ResultDocument.of(ResultJson.of(Study.of(SyntheticRun.repeats(1000))))))
                .contains("The machine was quiet");
    }

    @Test
    void shouldHoldTheResultJustAsItWasWritten() throws Exception {
        final Repeats repeats = SyntheticRun.repeats(1000, 1010);
        final Path path = report(repeats);

        final ResultDocument read = ResultDocument.read(path);

        assertThat(JSON.std.mapFrom(Files.readString(path.resolve("result.json"))))
                .isEqualTo(JSON.std.mapFrom(ResultJson.toText(ResultJson.of(Study.of(repeats)))));
        assertThat(read.runs()).hasSize(2);
        assertThat(read.number("repeats", "connections_per_second", "median")).isEqualTo(1005);
        assertThat(read.runs().getFirst().numbers("seconds", "closed_per_s"))
                .containsExactly(500, 1000, 1000, 1000, 1000, 1000);
        assertThat(ReportPage.of(read)).isEqualTo(Files.readString(path.resolve("index.html")));
    }

    @Test
    void shouldHoldAHistogramForEachSecondOfEachRun() throws IOException {
        final Path log = report(SyntheticRun.repeats(1000, 1010)).resolve("latency.hlog");

        try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
            for (int i = 0; i < 8; i++) {
                final Histogram nanos = (Histogram) reader.nextIntervalHistogram();
                assertThat(nanos.getTag()).isEqualTo(i < 4 ? "run-1" : "run-2");
                assertThat(nanos.getTotalCount()).isEqualTo(1000);
                assertThat(nanos.getEndTimeStamp() - nanos.getStartTimeStamp()).isEqualTo(1000);
                assertThat(nanos.getValueAtPercentile(99)).isBetween(990_000L, 991_000L);
            }
            assertThat(reader.nextIntervalHistogram()).isNull();
        }
    }

    @Test
    void shouldDrawALongRunWithoutLosingItsPeaks() {
        final double[] time = IntStream.range(0, 100_000).asDoubleStream().toArray();
        final double[] rate = new double[time.length];
        Arrays.fill(rate, 5);
        rate[54_321] = 99;
        rate[54_322] = 1;

        final Curve thinned = Curve.colored("closed", 0, time, rate).thinned();

        assertThat(thinned.length()).isLessThanOrEqualTo(Curve.MAX_POINTS);
        assertThat(thinned.y()).contains(99, 1);
        assertThat(thinned.x()).isSorted().contains(54_321, 54_322);
    }

    @Test
    void shouldBeWrittenOfARunThatMeasuredNothing() throws Exception {
        final Path path = report(SyntheticRun.nothing());

        final String page = Files.readString(path.resolve("index.html"));
        parse(page);
        assertThat(page)
                .contains("0 connections/s", "broken off: the generator process died (exit code 137)")
                .doesNotContain("NaN", "Infinity", "The machine was quiet");
        assertThat(new Comparison("a", ResultDocument.read(path), "b", ResultDocument.read(path)).toLines())
                .noneMatch(line -> line.contains("NaN") || line.contains("Infinity"));
    }

    @Test
    void shouldReplaceAnEarlierReportAndNothingElse() throws IOException {
        report(SyntheticRun.repeats(1000));
        final Path path = report(SyntheticRun.repeats(2000));

        assertThat(path.resolve("index.html")).content().contains("2,000 connections/s");
        assertThat(path.getParent().toFile().list()).containsExactly("report");
    }
}
