package io.millrace.cli;

import io.millrace.bench.link.Link;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** How the runs between two processes are made: over what, for how long, how often. */
final class RunOptions implements Checked {
    @Option(
            names = "--duration",
            converter = Quantity.Time.class,
            paramLabel = "TIME",
            description = "How long to measure (default: ${DEFAULT-VALUE}).")
    private Duration duration;

    @Option(
            names = "--warm-up",
            converter = Quantity.Time.class,
            paramLabel = "TIME",
            description = "How long the load runs before that, at least (default: ${DEFAULT-VALUE}).")
    private Duration warmUp;

    @Option(
            names = "--settle",
            converter = Quantity.Time.class,
            paramLabel = "TIME",
            description = "How much longer it runs, at most, until its rate has settled (default: ${DEFAULT-VALUE}).")
    private Duration settle;

    @Option(
            names = "--repeats",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "How often, each time with fresh processes (default: ${DEFAULT-VALUE}).")
    private long repeats = 1;

    @Option(
            names = "--link",
            converter = Converters.JoiningLink.class,
            paramLabel = "LINK",
            description =
                    "How the two are joined: vhost; memif; ring, inside one process, for connections only; af_packet, on a"
                            + " veth pair that is made and removed; pci:BDF,BDF, the server's port and the other's"
                            + " (default: ${DEFAULT-VALUE}).")
    private Link link = Link.VHOST;

    @Option(
            names = "--profile",
            description =
                    "Make one more run, sampled by the JDK's flight recorder, and say where the polling threads' time"
                            + " goes.")
    private boolean profile;

    @Override
    public void check(final List<String> errors) {
        Checked.within(errors, "--duration", duration, 100);
        Checked.within(errors, "--warm-up", warmUp, 0);
        Checked.within(errors, "--settle", settle, 0);
        Checked.within(errors, "--repeats", repeats, 1, 1000);
    }

    Duration duration() {
        return duration;
    }

    Duration warmUp() {
        return warmUp;
    }

    Duration settle() {
        return settle;
    }

    int repeats() {
        return (int) repeats;
    }

    /** Whether one more run is made for its profile. */
    boolean profile() {
        return profile;
    }

    /** What joins the two; null where it could not be read. */
    Link link() {
        return link;
    }
}
