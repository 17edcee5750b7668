package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.dataplane.core.IdleMode;
import io.millrace.dataplane.port.DpdkPortConfig;
import io.millrace.dataplane.port.PortFeature;
import io.millrace.tcp.Arrangement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the options of a port ask of its device. */
@Tag("N6")
class PortOptionsTest {
    private static DpdkPortConfig config(final String... features) {
        final PortOptions options = new PortOptions();
        final CommandLine line = new CommandLine(options);
        final String[] words = new String[4 + features.length];
        System.arraycopy(new String[] {"--port", "net_null0", "--address", "10.0.0.1/24"}, 0, words, 0, 4);
        System.arraycopy(features, 0, words, 4, features.length);
        line.parseArgs(words);
        final EngineHost.PortPlan port = options.plan();
        return EngineHost.portConfig(
                new EngineHost.Plan(
                        List.of(port),
                        false,
                        1,
                        Optional.empty(),
                        Arrangement.AUTO,
                        IdleMode.BUSY,
                        new PortDecoration(),
                        builder -> {}),
                port);
    }

    @Test
    void shouldAskForOffloadsAlone() {
        assertThat(config().features()).containsExactly(PortFeature.OFFLOADS);
    }

    @Test
    void shouldAskForWhatIsWantedAndNotForWhatIsNot() {
        assertThat(config("--features", "segmentation,promiscuous").features())
                .containsExactlyInAnyOrder(PortFeature.OFFLOADS, PortFeature.SEGMENTATION, PortFeature.PROMISCUOUS);
        assertThat(config("--features", "segmentation,no-offloads").features())
                .containsExactly(PortFeature.SEGMENTATION);
        assertThat(config("--features", "no-offloads").features()).isEmpty();
    }
}
