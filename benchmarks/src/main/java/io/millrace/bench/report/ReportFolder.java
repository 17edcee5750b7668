package io.millrace.bench.report;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where a report goes. It is written beside its place and moved there when it is whole, so there is never half of one; what is
 * no report is never touched. One thread.
 */
public final class ReportFolder {
    private final Path path;

    /** A folder that may exist or not. */
    public ReportFolder(final Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Why no report can be written there, in one line; empty when it can. */
    public Optional<String> refusal() {
        if (Files.isDirectory(path)) {
            return strangers().or(() -> notWritable(path.getParent()));
        }
        if (Files.exists(path)) {
            return Optional.of(path + " is not a folder");
        }
        Path ancestor = path.getParent();
        while (ancestor != null && !Files.exists(ancestor)) {
            ancestor = ancestor.getParent();
        }
        return notWritable(ancestor);
    }

    private static Optional<String> notWritable(final Path folder) {
        return folder != null && Files.isDirectory(folder) && Files.isWritable(folder)
                ? Optional.empty()
                : Optional.of(folder + " is not a folder that can be written to");
    }

    /** An empty folder is anybody's; one with a result of ours and nothing else but a report's files is a report. */
    private Optional<String> strangers() {
        final List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (final IOException e) {
            return Optional.of(path + " can't be read: " + e.getMessage());
        }
        if (names.isEmpty()) {
            return Optional.empty();
        }
        final String others = names.stream()
                .filter(name -> !BenchReport.FILES.contains(name))
                .sorted()
                .limit(3)
                .collect(Collectors.joining(", "));
        if (!others.isEmpty()) {
            return Optional.of(
                    path + " holds what is no part of a report (" + others + "): give an empty folder or a new one");
        }
        try {
            ResultDocument.read(path);
            return Optional.empty();
        } catch (final NoResultException e) {
            return Optional.of(
                    path + " is not empty and no report (" + e.getMessage() + "): give an empty folder or a new one");
        }
    }

    /** Writes these files, by name, and nothing else; nothing at all when something goes wrong. */
    void write(final Map<String, byte[]> files) throws IOException {
        final Optional<String> refusal = refusal();
        if (refusal.isPresent()) {
            throw new IOException(refusal.get());
        }
        final Path place = Files.isDirectory(path) ? path.toRealPath() : path;
        Files.createDirectories(place.getParent());
        final Path fresh = sibling(place, "new");
        final Path old = sibling(place, "old");
        try {
            Files.createDirectory(fresh);
            for (final Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(fresh.resolve(file.getKey()), file.getValue());
            }
            if (Files.exists(place)) {
                Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (final IOException e) {
            if (Files.exists(old) && !Files.exists(place)) {
                Files.move(old, place, StandardCopyOption.ATOMIC_MOVE);
            }
            throw e;
        } finally {
            delete(fresh);
            delete(old);
        }
    }

    private static Path sibling(final Path place, final String suffix) {
        return place.resolveSibling(
                "." + place.getFileName() + "-" + ProcessHandle.current().pid() + "." + suffix);
    }

    private static void delete(final Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (final Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }
}
