package io.millrace.bench.profile;

import java.util.List;
import java.util.Locale;

/** What a polling thread may be at: the rooms of the project, and what is in none of them. */
public enum Room {
    /** In DPDK, or on the way there: taking frames from a driver. */
    DPDK_RECEIVE("DPDK receive"),
    /** In DPDK: handing frames to a driver. */
    DPDK_SEND("DPDK send"),
    /** In DPDK otherwise: frame pools. */
    DPDK_OTHER("DPDK otherwise"),
    /** Polling, queues, neighbours, counters, and the Java side of the bindings. */
    DATAPLANE("dataplane", "io.millrace.dataplane", "io.millrace.dpdk", "org.agrona.concurrent"),
    /** Headers: read, checked and written. */
    WIRE("wire formats and checks", "io.millrace.dataplane.wire", "io.millrace.dataplane.ingress"),
    /** Connections, half-open ones and TIME_WAIT, and the index over them. */
    TABLES("tables", "io.millrace.tcp.table"),
    /** What a segment means and what answers it. */
    TCP("TCP", "io.millrace.tcp.state", "io.millrace.tcp.shard", "io.millrace.tcp.isn", "io.millrace.tcp.egress"),
    /** Text: buffers, windows, acknowledgments, repair of losses. */
    STREAMS("streams", "io.millrace.tcp.stream"),
    /** Timers. */
    TIMERS("timers", "io.millrace.tcp.timer"),
    /** What the API does, and what is built on it: the server's application, or the load. */
    APPLICATION("API and application", "io.millrace.tcp", "io.millrace.bench", "io.millrace.apps", "io.millrace.cli"),
    /** Between two duty cycles of which the first found nothing. */
    IDLE("idle strategy"),
    /** No method of the project's on the stack. */
    OTHER("JVM and others");

    private final String label;
    private final List<String> packages;

    Room(final String label, final String... packages) {
        this.label = label;
        this.packages = List.of(packages);
    }

    /** The name for people. */
    public String label() {
        return label;
    }

    /** The name in JSON. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The room of a class that is in one: that of the longest package's name that its own begins with. */
    static Room of(final String type) {
        Room found = OTHER;
        int longest = 0;
        for (final Room room : values()) {
            for (final String prefix : room.packages) {
                if (prefix.length() > longest && type.startsWith(prefix + ".")) {
                    found = room;
                    longest = prefix.length();
                }
            }
        }
        return found;
    }
}
