package io.millrace.apps;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The chargen pattern (RFC 864)")
class ChargenHandlerTest {
    @Test
    void shouldRotateByOneCharacterALine() {
        final String[] lines = new String(ChargenHandler.pattern(3 * 74), US_ASCII).split("\r\n");

        assertThat(lines).hasSize(3);
        assertThat(lines[0]).isEqualTo(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefg");
        assertThat(lines[1]).hasSize(72).startsWith("!\"#").endsWith("fgh");
        assertThat(lines[2]).hasSize(72).startsWith("\"#$").endsWith("ghi");
    }

    @Test
    void shouldRepeatAfterItsPeriod() {
        final byte[] bytes = ChargenHandler.pattern(2 * ChargenHandler.PERIOD);

        for (int i = 0; i < ChargenHandler.PERIOD; i++) {
            assertThat(bytes[i + ChargenHandler.PERIOD]).isEqualTo(bytes[i]);
        }
    }
}
