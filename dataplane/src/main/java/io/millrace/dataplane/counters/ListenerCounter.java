package io.millrace.dataplane.counters;

import java.util.Optional;

/**
 * What is counted of each listener by itself, one sentence each. The order is the layout of a {@link ListenerBlock}; the
 * mapped file carries the names, so it may change. Those with a name of Linux's are, over all listeners, the {@link Counter}
 * with that name.
 */
public enum ListenerCounter {
    ACCEPT_QUEUE("Gauge: connections that wait to be accepted now"),
    BACKLOG("Gauge: the bound of the accept queue over all threads, and of the SYN queue's share of each"),
    SYN_QUEUE("Gauge: half-open connections now"),
    SYNS("SYNs received"),
    OPENED("Connections whose handshake completed", "TcpPassiveOpens"),
    ACCEPTED("Connections handed to the application"),
    LISTEN_OVERFLOWS("Connections and SYNs that met a full accept queue", "TcpExtListenOverflows"),
    LISTEN_DROPS("SYNs and handshakes dropped for whatever reason", "TcpExtListenDrops"),
    SYNCOOKIES_SENT("SYNs answered by a cookie because the SYN queue was full", "TcpExtSyncookiesSent"),
    SYNCOOKIES_RECEIVED("Cookies that came back good", "TcpExtSyncookiesRecv"),
    SYNCOOKIES_FAILED("Acknowledgments that carried no good cookie", "TcpExtSyncookiesFailed");

    /** Number of counters. */
    public static final int COUNT = values().length;

    private final String sentence;
    private final String linuxName;

    ListenerCounter(final String sentence) {
        this(sentence, "");
    }

    ListenerCounter(final String sentence, final String linuxName) {
        this.sentence = sentence;
        this.linuxName = linuxName;
    }

    /** What is counted, as an operator reads it; without a full stop. */
    public String sentence() {
        return sentence;
    }

    /** The name {@code nstat} gives to the same count over all listeners, if Linux has it. */
    public Optional<String> linuxName() {
        return linuxName.isEmpty() ? Optional.empty() : Optional.of(linuxName);
    }
}
