package io.millrace.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ReadmeTest {
    @Test
    void shouldShowTheEchoServerThatCompiles() throws IOException {
        final String source = Files.readString(Path.of("src/test/java/io/millrace/example/EchoServer.java"));
        final String example = source.substring(
                source.indexOf("// [README\n") + "// [README\n".length(), source.indexOf("\n    // README]"));

        assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + example.stripIndent() + "\n```\n");
    }
}
