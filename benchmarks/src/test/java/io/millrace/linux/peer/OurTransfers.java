package io.millrace.linux.peer;

import io.millrace.cli.PeerNode;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpLoop;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Our end of transfers: connections that carry a {@link HashedStream} each way at once.
 *
 * <p>Words: {@code serve} or {@code open}, port, connections, how many at once, bytes to send, bytes to receive, and the
 * addresses to open to, in turn.
 */
public final class OurTransfers implements PeerNode.Application, TcpHandler {
    private static final int CHUNK = 1 << 16;

    private final boolean serves;
    private final int port;
    private final int connections;
    private final int atOnce;
    private final long send;
    private final long receive;
    private final List<IpAddress> peers = new ArrayList<>();
    private final Map<Long, Transfer> transfers = new HashMap<>();
    private final byte[] received = new byte[CHUNK];
    private int begun;
    private int ended;
    private int right;
    private int mostTimeouts;
    private volatile boolean done;

    /** One connection. */
    private static final class Transfer {
        private final byte[] chunk = new byte[CHUNK];
        private final UnsafeBuffer buffer = new UnsafeBuffer(chunk);
        private final HashedStream.Source source;
        private final HashedStream.Sink sink;
        private int position;
        private int length;

        private Transfer(final int seed, final long send, final long receive) {
            source = new HashedStream.Source(seed, send);
            sink = new HashedStream.Sink(receive);
        }

        private void write(final TcpConnection connection) {
            while (true) {
                if (position == length) {
                    position = 0;
                    length = source.next(chunk);
                    if (length == 0) {
                        connection.shutdownOutput();
                        return;
                    }
                }
                final int taken = connection.write(buffer, position, length - position);
                position += taken;
                if (position < length) {
                    return;
                }
            }
        }
    }

    public OurTransfers(final List<String> words) {
        serves = words.get(0).equals("serve");
        port = Integer.parseInt(words.get(1));
        connections = Integer.parseInt(words.get(2));
        atOnce = Integer.parseInt(words.get(3));
        send = Long.parseLong(words.get(4));
        receive = Long.parseLong(words.get(5));
        words.subList(6, words.size()).forEach(address -> peers.add(IpAddress.parse(address)));
    }

    @Override
    public void onStart(final TcpLoop loop) {
        if (serves) {
            loop.listen(ListenConfig.onPort(port), this);
        }
    }

    @Override
    public int doWork(final TcpLoop loop) {
        int opened = 0;
        while (!serves && begun < connections && begun - ended < atOnce) {
            if (loop.connect(peers.get(begun % peers.size()), port, this, 0) == 0) {
                break; // an IPv6 address that is not usable yet
            }
            begun++;
            opened++;
        }
        for (final long id : transfers.keySet()) {
            final TcpConnection connection = loop.connection(id);
            if (connection != null) {
                mostTimeouts = Math.max(mostTimeouts, connection.retransmits());
            }
        }
        done = ended == connections;
        return opened;
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        final Transfer transfer = new Transfer(transfers.size(), send, receive);
        transfers.put(connection.id(), transfer);
        transfer.write(connection);
    }

    @Override
    public void onWritable(final TcpConnection connection) {
        transfers.get(connection.id()).write(connection);
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        final int taken = Math.min(length, CHUNK);
        buffer.getBytes(offset, received, 0, taken);
        transfers.get(connection.id()).sink.take(received, taken);
        return taken;
    }

    @Override
    public void onPeerClosed(final TcpConnection connection) {
        // our own bytes go on: the connection is over when both sides are
    }

    @Override
    public void onClosed(final TcpConnection connection, final CloseReason reason) {
        ended++;
        final Transfer transfer = transfers.remove(connection.id());
        if (reason == CloseReason.NORMAL && transfer != null && transfer.sink.isRight()) {
            right++;
        } else {
            System.out.println("wrong: ended " + reason);
        }
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public void report(final PrintWriter out) {
        out.println("right " + right);
        out.println("timeouts in a row " + mostTimeouts);
    }
}
