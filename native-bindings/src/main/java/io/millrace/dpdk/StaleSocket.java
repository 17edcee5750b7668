package io.millrace.dpdk;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A socket file that a dead process left behind: the next one to listen there must delete it. */
final class StaleSocket {
    private StaleSocket() {}

    /**
     * Deletes the socket when nobody listens on it.
     *
     * @throws DpdkException when somebody does, or when it is no socket
     */
    static void remove(final Devargs device, final Path path) {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.isRegularFile(path) || Files.isDirectory(path)) { // connecting to a file says "refused", too
            throw new DpdkException(
                    "listen on " + path + " for " + device, 0, "there is a file of that name", "choose another path");
        }
        try (SocketChannel ignored = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new DpdkException(
                    "listen on " + path + " for " + device,
                    0,
                    "in use by another process",
                    "choose another socket, or stop that process");
        } catch (final ConnectException e) {
            delete(device, path);
        } catch (final IOException e) {
            throw new DpdkException(
                    "listen on " + path + " for " + device,
                    0,
                    "not a socket: " + e.getMessage(),
                    "choose another path");
        }
    }

    private static void delete(final Devargs device, final Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (final IOException e) {
            throw new DpdkException(
                    "delete " + path + " for " + device, 0, String.valueOf(e.getMessage()), "delete it by hand");
        }
    }
}
