package io.millrace.apps;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The answers of the http app, encoded once. Immutable; any thread.
 *
 * <p>{@code length} tells how much of {@link #bytes()} to send: an answer to HEAD leaves the body out (RFC 9110 §9.3.2).
 */
final class HttpResponse {
    private static final String BODY = "Hello from Millrace\n";

    private static final HttpResponse OK = new HttpResponse("200 OK", "", BODY);
    private static final HttpResponse OK_KEEP_ALIVE = new HttpResponse("200 OK", "Connection: keep-alive\r\n", BODY);
    private static final HttpResponse OK_CLOSE = new HttpResponse("200 OK", "Connection: close\r\n", BODY);
    private static final HttpResponse BAD_REQUEST = error("400 Bad Request");
    private static final HttpResponse LENGTH_REQUIRED = error("411 Length Required");
    private static final HttpResponse CONTENT_TOO_LARGE = error("413 Content Too Large");
    private static final HttpResponse FIELDS_TOO_LARGE = error("431 Request Header Fields Too Large");

    private final DirectBuffer bytes;
    private final int headLength;

    private HttpResponse(final String status, final String connection, final String body) {
        final String head =
                "HTTP/1.1 " + status + "\r\nServer: Millrace\r\nContent-Type: text/plain\r\nContent-Length: "
                        + body.length() + "\r\n" + connection + "\r\n";
        bytes = new UnsafeBuffer((head + body).getBytes(US_ASCII));
        headLength = head.length();
    }

    private static HttpResponse error(final String status) {
        return new HttpResponse(status, "Connection: close\r\n", status + "\n");
    }

    /** The answer that is due in {@code state}, a state of {@link HttpRequestParser}. */
    static HttpResponse of(final long state) {
        return switch (HttpRequestParser.phase(state)) {
            case HttpRequestParser.COMPLETE -> {
                if (HttpRequestParser.closes(state)) {
                    yield OK_CLOSE;
                }
                // RFC 9112 §9.3: a client of HTTP/1.0 must be told that the connection stays
                yield (state & HttpRequestParser.HTTP_1_0) == 0 ? OK : OK_KEEP_ALIVE;
            }
            case HttpRequestParser.LENGTH_REQUIRED -> LENGTH_REQUIRED;
            case HttpRequestParser.BODY_TOO_LARGE -> CONTENT_TOO_LARGE;
            case HttpRequestParser.HEADER_TOO_LARGE -> FIELDS_TOO_LARGE;
            default -> BAD_REQUEST;
        };
    }

    /** Head and body. */
    DirectBuffer bytes() {
        return bytes;
    }

    /** How many bytes to send in all. */
    int length(final long state) {
        return (state & HttpRequestParser.HEAD) == 0 ? bytes.capacity() : headLength;
    }
}
