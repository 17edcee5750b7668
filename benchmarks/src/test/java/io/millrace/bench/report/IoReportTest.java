package io.millrace.bench.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.io.IoJson;
import io.millrace.bench.io.IoResult;
import io.millrace.bench.io.SyntheticIo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

@DisplayName("The report of an io benchmark")
class IoReportTest {
    private static final String COMMAND = "millrace bench io --link ring <&>";

    @TempDir
    private Path folder;

    private Path report(final IoResult result) throws IOException {
        final ReportFolder place = new ReportFolder(folder.resolve("report"));
        BenchReport.write(IoJson.of(result, COMMAND), place);
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

    @Test
    void shouldDrawEachPathByRunAndItsShareOfC() throws Exception {
        final Path report = report(SyntheticIo.beside(new double[] {40, 20, 9}, new double[] {50, 25, 10}));

        final String page = page(report);
        final Document document = parse(page);
        assertThat(report.toFile().list()).containsExactlyInAnyOrder("index.html", "result.json");
        assertThat(document.getElementsByTagName("h1").item(0).getTextContent()).isEqualTo("0.80 of C");
        assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(2);
        assertThat(((Element) document.getElementsByTagName("svg").item(0))
                        .getElementsByTagName("circle")
                        .getLength())
                .as("three runs of three paths")
                .isEqualTo(9);
        assertThat(page)
                .contains("in bursts of 32 over net_ring; median of 3 runs, 0.80 to 0.90; 3 s each")
                .contains("<th>3</th><td>9.00</td><td>10.00</td><td>9.00</td><td>0.900</td><td>0.900</td>")
                .contains("<th>compiler</th><td>gcc</td>")
                .contains("millrace bench io --link ring &lt;&amp;&gt;")
                .contains("The machine was quiet")
                .doesNotContain("http:", "https:", "src=", "href=", "<script", "NaN", "Infinity");
        assertThat(IoPage.of(ResultDocument.read(report))).isEqualTo(page);
    }

    @Test
    void shouldDoWithoutC() throws Exception {
        final String page = page(report(SyntheticIo.alone(40)));

        parse(page);
        assertThat(page)
                .contains("<h1>40.0 Mpps</h1>", "one run; 3 s each", "No C to compare with: gcc")
                .doesNotContain("of C", "NaN", "Infinity");
    }
}
