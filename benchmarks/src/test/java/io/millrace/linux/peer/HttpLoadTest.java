package io.millrace.linux.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Our {@code http} app under load generators that know nothing of it. {@code -Dmillrace.load.seconds=N} is how long each of
 * them runs; {@code scripts/test --long} has 60.
 */
@DisplayName("HTTP under wrk and ab: no error, and nothing left behind")
class HttpLoadTest extends KernelPeer {
    private static final int SECONDS = Integer.getInteger("millrace.load.seconds", 3);
    private static final int CONNECTIONS = 64;
    private static final String URL = "http://" + VethLink.OUR_ADDRESS + "/";
    /** More than are done in the time: {@code ab} stops at whichever comes first. */
    private static final int REQUESTS = 100_000_000;

    @Test
    void shouldServeWrkOverConnectionsThatStayOpen() throws IOException, InterruptedException {
        assumeInstalled("wrk");
        final Counters counters = underWrk(List.of());

        assertThat(counters.of("TCP_PASSIVE_OPENS")).isBetween((long) CONNECTIONS, CONNECTIONS + 2L);
    }

    @Test
    void shouldServeWrkOverAConnectionForEachRequest() throws IOException, InterruptedException {
        assumeInstalled("wrk");
        final Counters counters = underWrk(List.of("-H", "Connection: close"));

        assertThat(counters.of("TCP_PASSIVE_OPENS")).isGreaterThan(10L * CONNECTIONS);
    }

    private Counters underWrk(final List<String> options) throws IOException, InterruptedException {
        final Program serve = serve();
        final List<String> command =
                new ArrayList<>(List.of("wrk", "-t", "1", "-c", String.valueOf(CONNECTIONS), "-d", SECONDS + "s"));
        command.addAll(options);
        command.add(URL);
        final Program wrk = inKernel(command.toArray(String[]::new));
        final String report = wrk.result(SECONDS);

        assertThat(report).doesNotContain("Socket errors").doesNotContain("Non-2xx");
        assertThat(number("([0-9]+) requests in ", report)).isGreaterThan(CONNECTIONS);
        return assertNothingLeft(serve);
    }

    @Test
    void shouldServeAbOverConnectionsThatStayOpen() throws IOException, InterruptedException {
        assumeInstalled("ab");
        final String report = underAb("-k");

        assertThat(number("Keep-Alive requests: +([0-9]+)", report))
                .isEqualTo(number("Complete requests: +([0-9]+)", report));
    }

    @Test
    void shouldServeAbOverAConnectionForEachRequest() throws IOException, InterruptedException {
        assumeInstalled("ab");
        assertThat(underAb("-S")).doesNotContain("Keep-Alive requests");
    }

    private String underAb(final String option) throws IOException, InterruptedException {
        final Program serve = serve();
        final Program ab = inKernel(
                "ab",
                "-q",
                "-r",
                option,
                "-c",
                String.valueOf(CONNECTIONS),
                "-t",
                String.valueOf(SECONDS),
                "-n",
                String.valueOf(REQUESTS),
                URL);
        final String report = ab.result(SECONDS);

        assertThat(number("Failed requests: +([0-9]+)", report)).as(report).isZero();
        assertThat(report).doesNotContain("Non-2xx").doesNotContain("Write errors");
        assertThat(number("Complete requests: +([0-9]+)", report)).isGreaterThan(CONNECTIONS);
        assertNothingLeft(serve);
        return report;
    }

    private Program serve() throws IOException, InterruptedException {
        return serve(
                List.of("--address", VethLink.OUR_ADDRESS + "/24", "--app", "http:80", "--time-wait-seconds", "1"));
    }

    private static Counters assertNothingLeft(final Program serve) throws IOException, InterruptedException {
        final Counters counters = stop(serve);
        assertThat(counters.notZero(List.of(
                        "CONNECTIONS",
                        "SYN_QUEUE_ENTRIES",
                        "ACCEPT_QUEUE_ENTRIES",
                        "BUFFER_BLOCKS",
                        "FLIGHT_RECORDS",
                        "FRAMES_EXHAUSTED",
                        "CONNECTION_TABLE_OVERFLOWS",
                        "LISTEN_OVERFLOWS",
                        "HANDLER_FAILURES",
                        "TCP_ABORT_ON_TIMEOUT",
                        "DROP_TCP_CHECKSUM",
                        "DROP_IP_CHECKSUM")))
                .isEmpty();
        return counters;
    }

    private static long number(final String pattern, final String report) {
        final Matcher matcher = Pattern.compile(pattern).matcher(report);
        assertThat(matcher.find()).as("%s in %s", pattern, report).isTrue();
        return Long.parseLong(matcher.group(1));
    }
}
