package io.millrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The folder of a report")
class ReportFolderTest {
    private static final String OURS = "{\"schema\":\"millrace-bench-1\",\"repeats\":{\"runs\":[{}]}}";

    @TempDir
    private Path parent;

    private String refusal(final Path path) {
        return new ReportFolder(path).refusal().orElse("");
    }

    @Test
    void shouldBeOneThatDoesNotExistOrIsEmpty() throws IOException {
        assertThat(refusal(parent.resolve("new").resolve("one"))).isEmpty();
        assertThat(refusal(Files.createDirectory(parent.resolve("empty")))).isEmpty();
    }

    @Test
    void shouldNotBeAFileNorBelowOne() throws IOException {
        final Path file = Files.createFile(parent.resolve("file"));

        assertThat(refusal(file)).endsWith("file is not a folder");
        assertThat(refusal(file.resolve("below"))).endsWith("file is not a folder that can be written to");
    }

    @Test
    void shouldNotBeOneThatHoldsWhatIsNoReport() throws IOException {
        final Path folder = Files.createDirectory(parent.resolve("photos"));
        Files.writeString(folder.resolve("cat.jpeg"), "");

        assertThat(refusal(folder))
                .contains("photos holds what is no part of a report (cat.jpeg): give an empty folder");
        Files.writeString(folder.resolve("result.json"), OURS);
        assertThat(refusal(folder)).as("a report with somebody's notes").contains("(cat.jpeg)");
    }

    @Test
    void shouldNotBeOneWhoseResultIsAnothersOrMissing() throws IOException {
        final Path folder = Files.createDirectory(parent.resolve("other"));
        Files.writeString(folder.resolve("index.html"), "<html/>");
        assertThat(refusal(folder)).contains("is not empty and no report (there is no result");

        Files.writeString(folder.resolve("result.json"), "{\"score\":5}");
        assertThat(refusal(folder))
                .contains("no report")
                .contains("its schema is null")
                .doesNotContain("\n");

        Files.writeString(folder.resolve("result.json"), OURS);
        assertThat(refusal(folder)).isEmpty();
    }

    @Test
    void shouldBeLeftAsItWasWhenWritingFails() throws IOException {
        final Path folder = Files.createDirectory(parent.resolve("report"));
        Files.writeString(folder.resolve("result.json"), OURS);
        final Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("index.html", new byte[] {1});
        files.put("no/such/folder.html", new byte[] {2});

        assertThatIOException().isThrownBy(() -> new ReportFolder(folder).write(files));

        assertThat(folder.toFile().list()).containsExactly("result.json");
        assertThat(parent.toFile().list()).containsExactly("report");
    }

    @Test
    void shouldLeaveNothingWhenTheFirstWritingFails() {
        assertThatIOException()
                .isThrownBy(() -> new ReportFolder(parent.resolve("report"))
                        .write(Map.of("no/such/folder.html", new byte[] {2})));

        assertThat(parent.toFile().list()).isEmpty();
    }

    @Test
    void shouldStayALinkWhereItIsOne() throws IOException {
        final Path target = Files.createDirectory(parent.resolve("target"));
        final Path link = Files.createSymbolicLink(parent.resolve("link"), target);

        new ReportFolder(link).write(Map.of("index.html", new byte[] {1}));

        assertThat(link).isSymbolicLink();
        assertThat(target.resolve("index.html")).exists();
    }
}
