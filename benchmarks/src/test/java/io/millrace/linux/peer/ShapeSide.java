package io.millrace.linux.peer;

import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpState;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.IntConsumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Our side of one shape, as opener or as acceptor: takes its steps one after the other, checks every byte, and counts the
 * connections that ended as the shape says. Owned by the shard's thread; allocates nothing but for the first that go wrong.
 *
 * <p>A connection's attachment: bytes of the present step in the lowest 24 bits, the step in the next 8, the chain it
 * belongs to in the next 16, and above them whether the peer has closed.
 */
final class ShapeSide implements TcpHandler {
    private static final UnsafeBuffer TEXT = new UnsafeBuffer(text());
    private static final int STEP_SHIFT = 24;
    private static final int CHAIN_SHIFT = 32;
    private static final long PROGRESS_MASK = 0xff_ffff;
    private static final long PEER_CLOSED = 1L << 48;
    private static final int TOLD = 3;

    private final String name;
    private final List<Shape.Step> steps;
    private final IntConsumer onOver;
    private long opened;
    private long right;
    private long wrong;
    private long sent;
    private long received;
    private long closing;

    /**
     * One side.
     *
     * @param name for the report.
     * @param steps what it does.
     * @param onOver is told the chain of each connection that is over.
     */
    ShapeSide(final String name, final List<Shape.Step> steps, final IntConsumer onOver) {
        this.name = name;
        this.steps = steps;
        this.onOver = onOver;
    }

    private static byte[] text() {
        final byte[] bytes = new byte[1 << 16];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + i / 256);
        }
        return bytes;
    }

    /** The attachment of a new connection of a chain. */
    static long attachment(final int chain) {
        return (long) chain << CHAIN_SHIFT;
    }

    /** Connections that were open at some time. */
    long opened() {
        return opened;
    }

    void report(final PrintWriter out) {
        out.println(name + " " + right + " " + wrong + " " + sent + " " + received);
        out.println(name + "-closing " + closing);
    }

    private int at(final TcpConnection connection) {
        return (int) (connection.attachment() >>> STEP_SHIFT) & 0xff;
    }

    private static int progress(final TcpConnection connection) {
        return (int) (connection.attachment() & PROGRESS_MASK);
    }

    private static void proceed(final TcpConnection connection, final int bytes) {
        connection.attachment(connection.attachment() + bytes);
    }

    private static void next(final TcpConnection connection) {
        connection.attachment((connection.attachment() & ~PROGRESS_MASK) + (1L << STEP_SHIFT));
    }

    @Override
    public void onOpen(final TcpConnection connection) {
        opened++;
        advance(connection);
    }

    @Override
    public void onWritable(final TcpConnection connection) {
        advance(connection);
    }

    @Override
    public void onPeerClosed(final TcpConnection connection) {
        if (connection.state() == TcpState.CLOSING) {
            closing++;
        }
        connection.attachment(connection.attachment() | PEER_CLOSED);
        advance(connection);
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        final Shape.Step step = steps.get(at(connection));
        switch (step.word()) {
            case "recv" -> {
                final int taken = Math.min(length, step.bytes() - progress(connection));
                for (int i = 0; i < taken; i++) {
                    if (buffer.getByte(offset + i) != TEXT.getByte(progress(connection) + i)) {
                        fail(connection, "other text");
                        return length;
                    }
                }
                received += taken;
                proceed(connection, taken);
                advance(connection);
                return taken;
            }
            case "unread" -> {
                next(connection);
                advance(connection);
                return 0;
            }
            case "maybe" -> {
                return length;
            }
            default -> {
                fail(connection, "text, " + length + " bytes");
                return length;
            }
        }
    }

    /** Goes as far as it can go without waiting. */
    private void advance(final TcpConnection connection) {
        while (step(connection)) {
            next(connection);
        }
    }

    /** True when the present step is done and another follows. */
    private boolean step(final TcpConnection connection) {
        final int at = at(connection);
        final Shape.Step step = steps.get(at);
        switch (step.word()) {
            case "send", "sendfin" -> {
                final int progress = progress(connection);
                final int written = connection.write(TEXT, progress, step.bytes() - progress);
                sent += written;
                proceed(connection, written);
                if (progress + written < step.bytes()) {
                    return false;
                }
                if (step.word().equals("sendfin")) {
                    connection.shutdownOutput();
                }
                return true;
            }
            case "recv" -> {
                return progress(connection) == step.bytes();
            }
            case "fin" -> {
                connection.shutdownOutput();
                return true;
            }
            case "eof" -> {
                return (connection.attachment() & PEER_CLOSED) != 0;
            }
            case "close" -> {
                connection.close();
                return at + 1 < steps.size();
            }
            case "abort" -> {
                connection.abort();
                return false;
            }
            case "maybe" -> {
                if ((connection.attachment() & PEER_CLOSED) != 0) {
                    connection.close();
                }
                return false;
            }
            default -> {
                return false; // only the end of the connection goes on from here
            }
        }
    }

    @Override
    public void onClosed(final TcpConnection connection, final CloseReason reason) {
        final boolean asItShould = switch (steps.get(at(connection)).word()) {
            case "close" -> reason == CloseReason.NORMAL;
            case "lost", "abort", "give-up" -> reason == CloseReason.ABORTED;
            case "reset" -> reason == CloseReason.RESET;
            case "refused" -> reason == CloseReason.REFUSED;
            case "maybe" -> true;
            default -> false;
        };
        if (asItShould) {
            right++;
        } else {
            tell(connection, "ended " + reason);
        }
        onOver.accept((int) (connection.attachment() >>> CHAIN_SHIFT) & 0xffff);
    }

    /** No connection could be had. */
    void onNone() {
        if (wrong++ < TOLD) {
            System.out.println("wrong " + name + ": there is no connection to be had");
        }
    }

    private void fail(final TcpConnection connection, final String what) {
        System.out.println(name + ": " + what);
        connection.abort();
    }

    private void tell(final TcpConnection connection, final String what) {
        if (wrong++ < TOLD) {
            System.out.println("wrong " + name + ": " + what + " at step " + at(connection) + " after "
                    + progress(connection) + " bytes, port " + connection.remotePort());
        }
    }
}
