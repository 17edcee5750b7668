package io.millrace.linux.peer;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** An echo server on the kernel's sockets; prints {@code ready}. Argument: port. Runs until it is ended. */
final class KernelEchoServer {
    private KernelEchoServer() {}

    public static void main(final String[] arguments) throws IOException {
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]), 1_024)) {
            System.out.println("ready");
            while (true) {
                final Socket socket = server.accept();
                Thread.startVirtualThread(() -> echo(socket));
            }
        }
    }

    private static void echo(final Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (final IOException e) {
            System.out.println("echo failed: " + e);
        }
    }
}
