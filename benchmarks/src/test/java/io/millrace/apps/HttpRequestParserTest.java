package io.millrace.apps;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The HTTP request parser")
class HttpRequestParserTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    @Test
    void shouldKeepTheConnectionOfAPlainRequest() {
        final long state = parseOne(GET);

        assertThat(HttpRequestParser.phase(state)).isEqualTo(HttpRequestParser.COMPLETE);
        assertThat(HttpRequestParser.closes(state)).isFalse();
    }

    @ParameterizedTest(name = "HTTP/1.{0}, Connection: {1} closes: {2}")
    @CsvSource({
        "1, close, true",
        "1, Close, true",
        "1, 'upgrade, CLOSE', true",
        "1, 'close, keep-alive', true",
        "1, closed, false",
        "1, clos, false",
        "1, keep-alive, false",
        "0, keep-alive, false",
        "0, Keep-Alive, false",
        "0, keep-alive-not, true",
        "0, upgrade, true",
    })
    void shouldHonourTheConnectionField(final int minor, final String value, final boolean closes) {
        final long state = parseOne("GET / HTTP/1." + minor + "\r\nconnECTION:" + value + "\r\nHost: a\r\n\r\n");

        assertThat(HttpRequestParser.phase(state)).isEqualTo(HttpRequestParser.COMPLETE);
        assertThat(HttpRequestParser.closes(state)).isEqualTo(closes);
    }

    @Test
    void shouldCloseAfterAnHttp10RequestThatSaysNothing() {
        assertThat(HttpRequestParser.closes(parseOne("GET / HTTP/1.0\r\n\r\n"))).isTrue();
    }

    @Test
    void shouldNotTakeAnotherFieldForConnection() {
        assertThat(HttpRequestParser.closes(parseOne("GET / HTTP/1.1\r\nX-Connection: close\r\n\r\n")))
                .isFalse();
        assertThat(HttpRequestParser.closes(parseOne("GET / HTTP/1.1\r\nConnections: close\r\n\r\n")))
                .isFalse();
        assertThat(HttpRequestParser.closes(parseOne("GET /Connection:close HTTP/1.1\r\n\r\n")))
                .isFalse();
    }

    @Test
    void shouldTellHeadFromOtherMethods() {
        assertThat(parseOne("HEAD / HTTP/1.1\r\n\r\n") & HttpRequestParser.HEAD).isNotZero();
        assertThat(parseOne("HEADS / HTTP/1.1\r\n\r\n") & HttpRequestParser.HEAD)
                .isZero();
        assertThat(parseOne("AHEAD / HTTP/1.1\r\n\r\n") & HttpRequestParser.HEAD)
                .isZero();
    }

    @Test
    void shouldPassOverTheBody() {
        final String body = "GET / HTTP/1.1\r\n\r\nnot a request";
        final List<Long> states = parseAll(
                "POST / HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body + GET, 0, new Random(1));

        assertThat(states)
                .hasSize(2)
                .allSatisfy(state -> assertThat(HttpRequestParser.phase(state)).isEqualTo(HttpRequestParser.COMPLETE));
    }

    @Test
    void shouldTakeBareLineFeedsAndLeadingEmptyLines() {
        assertThat(HttpRequestParser.phase(parseOne("\r\n\nGET / HTTP/1.1\nHost: a\n\n")))
                .isEqualTo(HttpRequestParser.COMPLETE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000",
                "GET\r\n",
                "GET /\r\n",
                "GET / HTTP/2.0\r\n",
                "GET / HTTP/1.1x\r\n",
                "GET / HTTP/1.12\r\n",
                "GET HTTP/1.1\r\n",
                "G(T / HTTP/1.1\r\n",
                "GET / HTTP/1.1\r\n folded",
                "GET / HTTP/1.1\r\nHost : a",
                "GET / HTTP/1.1\r\nContent-Length: x",
                "GET / HTTP/1.1\r\nContent-Length: \r\n",
                "GET / HTTP/1.1\r\nContent-Length: 1 2",
                "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1",
            })
    void shouldCallBad(final String request) {
        assertThat(HttpRequestParser.phase(parseOne(request))).isEqualTo(HttpRequestParser.BAD);
    }

    @Test
    void shouldRefuseWhatIsTooLongOrOfUnknownLength() {
        assertThat(HttpRequestParser.phase(parseOne("GET / HTTP/1.1\r\nX: " + "a".repeat(9_000))))
                .isEqualTo(HttpRequestParser.HEADER_TOO_LARGE);
        assertThat(HttpRequestParser.phase(parseOne("PUT / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n")))
                .isEqualTo(HttpRequestParser.BODY_TOO_LARGE);
        assertThat(HttpRequestParser.phase(parseOne("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")))
                .isEqualTo(HttpRequestParser.LENGTH_REQUIRED);
    }

    @Test
    void shouldFindTheSameRequestsHoweverTheBytesAreCut() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final String stream = GET.repeat(3) + "POST /x HTTP/1.1\r\nContent-Length:5\r\n\r\nhello" + GET
                + "GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
        for (int round = 0; round < 200; round++) {
            assertThat(parseAll(stream, 1 + random.nextInt(40), random))
                    .as("seed %d, round %d", seed, round)
                    .hasSize(6)
                    .allSatisfy(
                            state -> assertThat(HttpRequestParser.phase(state)).isEqualTo(HttpRequestParser.COMPLETE))
                    .last()
                    .satisfies(
                            state -> assertThat(HttpRequestParser.closes(state)).isTrue());
        }
    }

    private static long parseOne(final String request) {
        return parseAll(request, 0, new Random(0)).getFirst();
    }

    /** Feeds the stream as the handler does, in pieces of up to {@code piece} bytes (0: in one). */
    private static List<Long> parseAll(final String stream, final int piece, final Random random) {
        final byte[] bytes = stream.getBytes(ISO_8859_1);
        final List<Long> due = new ArrayList<>();
        long state = HttpRequestParser.REQUEST_START;
        int at = 0;
        while (at < bytes.length) {
            final int end = piece == 0 ? bytes.length : Math.min(bytes.length, at + 1 + random.nextInt(piece));
            while (at < end) {
                if (HttpRequestParser.phase(state) == HttpRequestParser.BODY) {
                    final int skipped = Math.min(end - at, HttpRequestParser.body(state));
                    state = HttpRequestParser.skipBody(state, skipped);
                    at += skipped;
                } else {
                    state = HttpRequestParser.advance(state, bytes[at++]);
                }
                if (HttpRequestParser.isDue(state)) {
                    due.add(state);
                    if (HttpRequestParser.closes(state)) {
                        return due;
                    }
                    state = HttpRequestParser.REQUEST_START;
                }
            }
        }
        return due;
    }
}
