package io.millrace.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the machine is and has. Stateless. */
public final class Machine {
    private Machine() {}

    /** Memory that could be taken without swapping, bytes. */
    public static long availableBytes() {
        final String kilobytes = field(Path.of("/proc/meminfo"), "MemAvailable").replaceAll("[^0-9]", "");
        return kilobytes.isEmpty() ? Long.MAX_VALUE : Long.parseLong(kilobytes) << 10;
    }

    /** Memory of its own that this process has touched, huge pages of DPDK's left out, bytes; 0 where it is not told. */
    static long ownBytes() {
        final String kilobytes = field(Path.of("/proc/self/status"), "RssAnon").replaceAll("[^0-9]", "");
        return kilobytes.isEmpty() ? 0 : Long.parseLong(kilobytes) << 10;
    }

    /** For the record of a result. */
    public static Map<String, Object> facts() {
        final Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("cpu", field(Path.of("/proc/cpuinfo"), "model name"));
        facts.put("cpus", Runtime.getRuntime().availableProcessors());
        facts.put("memory", field(Path.of("/proc/meminfo"), "MemTotal"));
        facts.put("huge_pages", field(Path.of("/proc/meminfo"), "HugePages_Total"));
        facts.put("huge_page_size", field(Path.of("/proc/meminfo"), "Hugepagesize"));
        facts.put("huge_pages_free", field(Path.of("/proc/meminfo"), "HugePages_Free"));
        facts.put("isolated_cpus", text(Path.of("/sys/devices/system/cpu/isolated")));
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("architecture", System.getProperty("os.arch"));
        facts.put("jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        return facts;
    }

    private static String text(final Path file) {
        try {
            return Files.readString(file).strip();
        } catch (final IOException e) {
            return "";
        }
    }

    /** The value of the first line {@code name: value}; empty when it can't be read. */
    private static String field(final Path file, final String name) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (final IOException e) {
            return "";
        }
    }
}
