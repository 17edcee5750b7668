package io.millrace.cli.control;

import com.fasterxml.jackson.jr.ob.JSON;
import io.millrace.tcp.TcpConnectionFilter;
import io.millrace.tcp.TcpConnectionInfo;
import io.millrace.tcp.TcpConnectionPage;
import io.millrace.tcp.TcpEngine;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.socket.Errno;
import io.millrace.tcp.socket.ErrnoException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Pages of an engine's connections as JSON, one shard after the other: {@code {"next": "1:4096", "connections": [...]}}, and at
 * the end {@code "next": ""}. Any thread.
 */
final class ConnectionPages {
    private final TcpEngine engine;

    ConnectionPages(final TcpEngine engine) {
        this.engine = engine;
    }

    /**
     * One page.
     *
     * @param from {@code 0:0} at first, then what the last page says is next.
     * @param localPort 0 for any.
     * @param remotePort 0 for any.
     * @param states names of {@link TcpState}, with commas between them.
     */
    String page(final String from, final int localPort, final int remotePort, final String states)
            throws ErrnoException {
        final int colon = from.indexOf(':');
        if (colon < 0) {
            throw Errno.EINVAL.asException();
        }
        final int shard = Integer.parseInt(from.substring(0, colon));
        final long place = Long.parseLong(from.substring(colon + 1));
        if (shard < 0 || shard >= engine.shards() || place < 0) {
            throw Errno.EINVAL.asException();
        }
        final Set<TcpState> wanted =
                Arrays.stream(states.split(",")).map(TcpState::valueOf).collect(Collectors.toUnmodifiableSet());
        final TcpConnectionFilter filter = new TcpConnectionFilter(wanted, localPort, remotePort);
        final TcpConnectionPage page = engine.ask(shard, loop -> loop.connections(filter, place));
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("next", next(shard, page));
        json.put(
                "connections",
                page.connections().stream().map(info -> fields(shard, info)).toList());
        try {
            return JSON.std.asString(json);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String next(final int shard, final TcpConnectionPage page) {
        if (page.next() != TcpConnectionPage.END) {
            return shard + ":" + page.next();
        }
        return shard + 1 < engine.shards() ? shard + 1 + ":0" : "";
    }

    private static Map<String, Object> fields(final int shard, final TcpConnectionInfo info) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("state", info.state().name());
        fields.put("local", info.local().toString());
        fields.put("local_port", info.localPort());
        fields.put("remote", info.remote().toString());
        fields.put("remote_port", info.remotePort());
        fields.put("recv_q", info.receiveQueue());
        fields.put("send_q", info.sendQueue());
        fields.put("timer", info.timer().name());
        fields.put("timer_ms", info.timerMs());
        fields.put("retransmits", info.retransmits());
        fields.put("rto_ms", info.rto());
        fields.put("rtt_us", info.rttMicros());
        fields.put("rttvar_us", info.rttVarianceMicros());
        fields.put("cwnd", info.congestionWindow());
        fields.put("ssthresh", info.slowStartThreshold());
        fields.put("mss", info.maxSegment());
        fields.put("snd_wnd", info.sendWindow());
        fields.put("rcv_wnd", info.receiveWindow());
        fields.put("snd_wscale", info.sendShift());
        fields.put("rcv_wscale", info.receiveShift());
        fields.put("timestamps", info.timestamps());
        fields.put("sack", info.sack());
        fields.put("shard", shard);
        return fields;
    }
}
