package io.millrace.linux.peer;

import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * An ordinary client on the kernel's sockets: so many connections, each sends random bytes, closes its side, and wants
 * exactly them back (or, without bytes, just the end). Prints {@code ok} and the number; the seed is printed first.
 *
 * <p>Arguments: host, port, connections, bytes.
 */
final class KernelClient {
    private static final int THREADS = 16;

    private KernelClient() {}

    public static void main(final String[] arguments) throws InterruptedException, ExecutionException {
        final int port = Integer.parseInt(arguments[1]);
        final int connections = Integer.parseInt(arguments[2]);
        final int bytes = Integer.parseInt(arguments[3]);
        final long seed = System.nanoTime();
        System.out.println("seed " + seed);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            final var all = IntStream.range(0, connections)
                    .<Future<?>>mapToObj(i -> threads.submit(() -> {
                        converse(arguments[0], port, new Random(seed + i), bytes);
                        return null;
                    }))
                    .toList();
            for (final Future<?> one : all) {
                one.get();
            }
        }
        System.out.println("ok " + connections);
    }

    private static void converse(final String host, final int port, final Random random, final int length)
            throws IOException {
        final byte[] sent = new byte[length];
        random.nextBytes(sent);
        try (Socket socket = new Socket(host, port)) {
            socket.setSoTimeout(30_000);
            if (length > 0) {
                // a big message is read while it is written, or both ends would wait for each other
                final Thread writer = Thread.startVirtualThread(() -> write(socket, sent));
                final byte[] received = socket.getInputStream().readAllBytes();
                writer.join();
                if (!Arrays.equals(received, sent)) {
                    throw new IOException("sent " + length + " bytes, got " + received.length + ", first difference at "
                            + Arrays.mismatch(sent, received));
                }
            } else if (socket.getInputStream().read() != -1) {
                throw new IOException("got a byte where the end was due");
            }
        } catch (final InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void write(final Socket socket, final byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        } catch (final IOException e) {
            System.out.println("writing failed: " + e);
        }
    }
}
