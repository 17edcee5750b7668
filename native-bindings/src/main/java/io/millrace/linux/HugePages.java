package io.millrace.linux;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The huge pages this machine has reserved, of one size, as the kernel tells in {@code /sys/kernel/mm/hugepages}.
 *
 * @param pageBytes bytes in a page: 2 MB or 1 GB on x86-64
 * @param total pages reserved
 * @param free pages nobody has taken
 */
public record HugePages(long pageBytes, long total, long free) {
    private static final Path SETTINGS = Path.of("/sys/kernel/mm/hugepages");

    /** One entry for each page size the kernel knows, largest first; empty where there are no huge pages at all. */
    public static List<HugePages> read() {
        return read(SETTINGS);
    }

    static List<HugePages> read(final Path settings) {
        final List<HugePages> sizes = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(settings, "hugepages-*kB")) {
            for (final Path directory : directories) {
                final String name = directory.getFileName().toString();
                final String kilobytes = name.substring("hugepages-".length(), name.length() - "kB".length());
                sizes.add(new HugePages(
                        Long.parseLong(kilobytes) << 10,
                        number(directory.resolve("nr_hugepages")),
                        number(directory.resolve("free_hugepages"))));
            }
        } catch (final IOException e) {
            return List.of(); // a kernel without huge pages, or /sys not mounted
        }
        sizes.sort(Comparator.comparingLong(HugePages::pageBytes).reversed());
        return List.copyOf(sizes);
    }

    /** Free bytes in huge pages of all sizes. */
    public static long freeBytes() {
        return read().stream().mapToLong(size -> size.free * size.pageBytes).sum();
    }

    /** The command, for root, after which at least {@code bytes} are reserved in pages of 2 MB. */
    public static String commandToReserve(final long bytes) {
        final long pages = (bytes + (2 << 20) - 1) >> 21;
        return "echo " + pages + " > /proc/sys/vm/nr_hugepages";
    }

    private static long number(final Path file) throws IOException {
        return Long.parseLong(Files.readString(file).trim());
    }
}
