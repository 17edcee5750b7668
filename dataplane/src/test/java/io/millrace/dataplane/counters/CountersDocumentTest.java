package io.millrace.dataplane.counters;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.ingress.DropReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("docs/counters.md")
class CountersDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "counters.md");
    private static final String HEAD = """
            # What is counted

            Every counter, in the order of `millrace stat`. Where Linux counts the same, its name in `nstat` stands behind.
            Frames received and datagrams reassembled are exactly `FRAMES_TO_TCP`, `FRAMES_TO_HOST`, `FRAGMENTS_ABSORBED` and
            the `DROP_…` together. The table is written by
            `MILLRACE_WRITE_DOCS=1 mvn -pl dataplane -am test -Dtest=CountersDocumentTest -Dsurefire.failIfNoSpecifiedTests=false`
            and checked by the same test.

            | counter | counts | Linux |
            |---|---|---|
            """;

    private static final String LISTENERS_HEAD = """

            ## Of each listener

            What `millrace stat --listeners` shows, on each polling thread.

            | counter | counts | Linux, over all listeners |
            |---|---|---|
            """;

    @Test
    void shouldNameEveryCounterWithItsSentenceAndLinuxsName() throws IOException {
        final StringBuilder text = new StringBuilder(HEAD);
        for (final Counter counter : Counter.values()) {
            text.append("| `%s` | %s | %s |\n"
                    .formatted(
                            counter.name(),
                            counter.sentence(),
                            counter.linuxName().map(name -> "`" + name + "`").orElse("")));
        }
        text.append(LISTENERS_HEAD);
        for (final ListenerCounter counter : ListenerCounter.values()) {
            text.append("| `%s` | %s | %s |\n"
                    .formatted(
                            counter.name(),
                            counter.sentence(),
                            counter.linuxName().map(name -> "`" + name + "`").orElse("")));
        }
        if (System.getenv("MILLRACE_WRITE_DOCS") != null) {
            Files.writeString(DOCUMENT, text);
        }
        assertThat(Files.readString(DOCUMENT))
                .as("docs/counters.md is of other counters: write it again by the command it names")
                .isEqualTo(text.toString());
    }

    @Test
    void shouldHaveACounterForEachReasonToDropAndAReasonForEachDropCounter() {
        final Set<Counter> drops = EnumSet.noneOf(Counter.class);
        for (final DropReason reason : DropReason.values()) {
            assertThat(reason.counter().name()).isEqualTo("DROP_" + reason.name());
            assertThat(DropReason.of(reason.code())).isEqualTo(reason);
            drops.add(reason.counter());
        }
        assertThat(drops)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Counter.values())
                        .filter(counter -> counter.name().startsWith("DROP_"))
                        .toList());
    }

    @Test
    void shouldSayInOneSentenceWhatEachCounterCounts() {
        for (final Counter counter : Counter.values()) {
            assertThat(counter.sentence()).as(counter.name()).matches("[A-Z].{8,}[^.]");
            counter.linuxName()
                    .ifPresent(
                            name -> assertThat(name).matches("(Ip|Ip6|IpExt|Tcp|TcpExt|Icmp|Icmp6|Udp|Udp6)[A-Z].+"));
        }
    }
}
