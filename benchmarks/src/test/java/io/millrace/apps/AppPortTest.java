package io.millrace.apps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.dataplane.wire.IpAddress;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An app on a port")
class AppPortTest {
    @ParameterizedTest
    @EnumSource
    void shouldBeReadAsItIsWritten(final App app) {
        final AppPort appPort = new AppPort(app, Optional.empty(), 65_535);

        assertThat(AppPort.parse(appPort.toString())).isEqualTo(appPort);
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo:10.0.0.1:7", "http:[fd00::1]:80", "close:0.0.0.0:9", "close:[::]:9"})
    void shouldBeReadWithItsAddress(final String text) {
        assertThat(AppPort.parse(text)).hasToString(text);
        assertThat(AppPort.parse("http:fd00::1:80").local()).contains(IpAddress.parse("fd00::1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"echo", ":7", "echo:", "echo:0", "echo:65536", "echo:x", "echo:-1", "echo:7:8", "ech:7", "ECHO:7"
            })
    void shouldBeRefusedInOneLineThatNamesTheValue(final String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AppPort.parse(text))
                .withMessageContaining(text.substring(0, Math.max(1, text.indexOf(':'))))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void shouldNameAllAppsWhenItIsUnknown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AppPort.parse("gopher:70"))
                .withMessageContaining("gopher")
                .withMessageContaining("echo, close, discard, chargen, http");
    }
}
