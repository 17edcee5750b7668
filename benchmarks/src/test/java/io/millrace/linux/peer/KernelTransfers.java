package io.millrace.linux.peer;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The kernel's end of transfers: connections that carry a {@link HashedStream} each way at once. Prints {@code right} and
 * how many were, when all have ended.
 *
 * <p>Arguments: {@code serve} or {@code open}, port, connections, how many at once, bytes to send, bytes to receive, and the
 * addresses to open to, in turn.
 */
final class KernelTransfers {
    private static final int CHUNK = 1 << 16;

    private KernelTransfers() {}

    public static void main(final String[] arguments) throws IOException, InterruptedException {
        final int port = Integer.parseInt(arguments[1]);
        final int connections = Integer.parseInt(arguments[2]);
        final Semaphore free = new Semaphore(Integer.parseInt(arguments[3]));
        final long send = Long.parseLong(arguments[4]);
        final long receive = Long.parseLong(arguments[5]);
        final AtomicInteger right = new AtomicInteger();
        final boolean serves = arguments[0].equals("serve");
        final Semaphore ended = new Semaphore(0);
        try (ServerSocket server = serves ? new ServerSocket(port, 1_024) : new ServerSocket()) {
            System.out.println("ready");
            for (int i = 0; i < connections; i++) {
                free.acquire();
                final int number = i;
                final Socket accepted = serves ? server.accept() : null;
                Thread.ofPlatform().start(() -> {
                    try (Socket socket =
                            serves ? accepted : new Socket(arguments[6 + number % (arguments.length - 6)], port)) {
                        if (converse(socket, number, send, receive)) {
                            right.incrementAndGet();
                        } else {
                            System.out.println("wrong: connection " + number);
                        }
                    } catch (final IOException | InterruptedException e) {
                        System.out.println("wrong: connection " + number + ": " + e);
                    }
                    free.release();
                    ended.release();
                });
            }
            ended.acquire(connections);
        }
        System.out.println("right " + right);
    }

    private static boolean converse(final Socket socket, final int seed, final long send, final long receive)
            throws IOException, InterruptedException {
        socket.setTcpNoDelay(true);
        final Thread writer = Thread.ofPlatform().start(() -> write(socket, new HashedStream.Source(seed, send)));
        final HashedStream.Sink sink = new HashedStream.Sink(receive);
        final byte[] chunk = new byte[CHUNK];
        for (int length = socket.getInputStream().read(chunk);
                length >= 0;
                length = socket.getInputStream().read(chunk)) {
            sink.take(chunk, length);
        }
        writer.join();
        return sink.isRight();
    }

    private static void write(final Socket socket, final HashedStream.Source source) {
        final byte[] chunk = new byte[CHUNK];
        try {
            for (int length = source.next(chunk); length > 0; length = source.next(chunk)) {
                socket.getOutputStream().write(chunk, 0, length);
            }
            socket.shutdownOutput();
        } catch (final IOException e) {
            System.out.println("writing failed: " + e);
        }
    }
}
