package io.millrace.tcp.conversation;

import io.millrace.tcp.CloseReason;
import io.millrace.tcp.NetworkError;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;

/** The application on the engine's side: does what its manner says, remembers what it was told, and checks every byte. */
final class ScriptedApplication implements TcpHandler {
    /** How an application deals with its connections. */
    enum Manner {
        /** Sends back what comes, closes when the peer has. */
        ECHO,
        /** Takes what comes; does nothing by itself. */
        SINK,
        /** Takes nothing; does nothing by itself. */
        HOLD,
        /** Takes as much as the script allows; does nothing by itself. */
        LATER,
        /** Closes as soon as the connection is open; takes what comes. */
        CLOSE
    }

    final Manner manner;
    final Deque<String> events;
    final Map<Integer, Long> ids;
    final Set<Long> live;
    /** What is wrong with what was delivered; null if nothing is. */
    String failure;
    /** How many bytes {@link Manner#LATER} takes yet. */
    int allowance;

    private final Map<Long, Integer> received = new HashMap<>();

    /**
     * Writes down what happens.
     *
     * @param ids where the id of the last connection with each peer port is put
     * @param live where the ids of all open connections are
     */
    ScriptedApplication(
            final Manner manner, final Deque<String> events, final Map<Integer, Long> ids, final Set<Long> live) {
        this.live = live;
        this.manner = manner;
        this.events = events;
        this.ids = ids;
    }

    static Deque<String> newEvents() {
        return new ArrayDeque<>();
    }

    /** The byte that belongs at a relative sequence number, in both directions: 1 is the first after the SYN. */
    static byte pattern(final int position) {
        return (byte) (position * 31 + (position >>> 8) * 17);
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        ids.put(connection.remotePort(), connection.id());
        live.add(connection.id());
        events.add("open");
        if (manner == Manner.CLOSE) {
            connection.close();
        }
    }

    @Override
    public void onUrgent(final TcpConnection connection) {
        events.add("urgent " + connection.urgent());
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        if (manner == Manner.HOLD) {
            return 0;
        }
        final int taken = switch (manner) {
            case ECHO -> connection.write(buffer, offset, length);
            case LATER -> Math.min(length, allowance);
            default -> length;
        };
        allowance -= manner == Manner.LATER ? taken : 0;
        if (taken == 0) {
            return 0;
        }
        final int position = received.merge(connection.id(), taken, Integer::sum) - taken + 1;
        for (int i = 0; i < taken; i++) {
            if (buffer.getByte(offset + i) != pattern(position + i)) {
                failure = "wrong byte delivered at " + (position + i); // an exception would only end the connection
            }
        }
        final String last = events.peekLast();
        if (last != null && last.startsWith("data ")) {
            events.removeLast();
            events.add("data " + (Integer.parseInt(last.substring(5)) + taken));
        } else {
            events.add("data " + taken);
        }
        return taken;
    }

    @Override
    public void onPeerClosed(final TcpConnection connection) {
        events.add("end");
        if (manner == Manner.ECHO) {
            connection.close();
        }
    }

    @Override
    public void onWritable(final TcpConnection connection) {
        if (manner != Manner.ECHO) {
            events.add("writable");
        }
    }

    @Override
    public void onNetworkError(final TcpConnection connection, final NetworkError error) {
        events.add("network-error " + error);
    }

    @Override
    public void onClosed(final TcpConnection connection, final CloseReason reason) {
        live.remove(connection.id());
        events.add("closed " + reason);
    }
}
