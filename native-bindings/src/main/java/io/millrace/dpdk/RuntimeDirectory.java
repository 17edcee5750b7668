package io.millrace.dpdk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The directory EAL makes for each file prefix and leaves behind. */
final class RuntimeDirectory {
    private RuntimeDirectory() {}

    /** Removes what is left of our own; another process's is never touched, since the prefix is ours alone. */
    static void remove(final String filePrefix) {
        for (final Path parent : candidates()) {
            final Path directory = parent.resolve(filePrefix);
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (final Path file : files) {
                    Files.deleteIfExists(file);
                }
                Files.deleteIfExists(directory);
            } catch (final IOException e) {
                continue; // not there, which is what we want
            }
        }
    }

    /** As EAL's {@code eal_create_runtime_dir} chooses. */
    private static List<Path> candidates() {
        final List<Path> parents = new ArrayList<>();
        parents.add(Path.of("/var/run/dpdk"));
        final String user = System.getenv("XDG_RUNTIME_DIR");
        if (user != null && !user.isEmpty()) {
            parents.add(Path.of(user, "dpdk"));
        }
        parents.add(Path.of("/tmp/dpdk"));
        return parents;
    }
}
