package io.millrace.cli.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Lines of text up to a bound; of a longer one nothing is kept. Owned by one thread. */
final class LineReader {
    /** 16 MB of bytes in hexadecimal, and the words before them. */
    private static final int LONGEST = (32 << 20) + 256;

    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int position;
    private int limit;

    LineReader(final InputStream in) {
        this.in = in;
    }

    /** The next line without its end, empty if it was too long; nothing at the end of the stream. */
    Optional<String> next() throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean tooLong = false;
        while (true) {
            if (position == limit) {
                limit = in.read(buffer);
                position = 0;
                if (limit <= 0) {
                    limit = 0;
                    return Optional.empty();
                }
            }
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            tooLong |= line.size() + end - position > LONGEST;
            if (!tooLong) {
                line.write(buffer, position, end - position);
            }
            position = end;
            if (end < limit) {
                position++;
                return Optional.of(tooLong ? "" : line.toString(StandardCharsets.ISO_8859_1));
            }
        }
    }
}
