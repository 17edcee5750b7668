package io.millrace.bench.profile;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** Where the processes of one run leave their recordings; it is removed when it is closed. One thread. */
public final class ProfileFolder implements AutoCloseable {
    private static final String PREFIX = "millrace-profile-";
    private static final String SUFFIX = ".jfr";

    private final Path path;

    private ProfileFolder(final Path path) {
        this.path = path;
    }

    /** Makes one. */
    public static ProfileFolder create() throws IOException {
        return new ProfileFolder(
                Files.createTempDirectory(PREFIX + ProcessHandle.current().pid() + "-"));
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** The file of a process's recording in such a folder. */
    public static Path file(final Path folder, final String node) {
        return folder.resolve(name(node));
    }

    /** Its name. */
    public static String name(final String node) {
        return node + SUFFIX;
    }

    /** The flags that a JVM needs to record into such a folder. */
    public static List<String> flags(final Path folder) {
        return NodeRecording.flags(folder);
    }

    @Override
    public void close() throws IOException {
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(final Path file, final IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // a process that is about to end has cleaned up
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(final Path folder, final IOException e) throws IOException {
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
