package io.millrace.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * CPUs as {@code taskset} writes them: {@code 0,2-3}.
 *
 * @param cpus in the order written.
 */
record CoreList(List<Integer> cpus) {
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,4})(?:-([0-9]{1,4}))?");

    /** No list: the threads are not pinned. */
    static final CoreList NONE = new CoreList(List.of());

    /** Adds a line for every CPU that this process may not use, and for every one that is named twice. */
    void check(final List<String> errors, final String option, final Iterable<Integer> allowed) {
        final List<Integer> usable = new ArrayList<>();
        allowed.forEach(usable::add);
        for (final int cpu : cpus) {
            if (!usable.contains(cpu)) {
                errors.add(option + ": CPU " + cpu + " is not one this process may use; choose from " + usable);
            }
        }
        if (cpus.stream().distinct().count() < cpus.size()) {
            errors.add(option + ": a CPU is named twice in " + cpus + "; give each polling thread its own");
        }
    }

    int[] toArray() {
        return cpus.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Reads the option. */
    static final class Converter implements ITypeConverter<CoreList> {
        @Override
        public CoreList convert(final String text) {
            final List<Integer> cpus = new ArrayList<>();
            for (final String part : text.split(",", -1)) {
                final Matcher range = RANGE.matcher(part);
                if (!range.matches()) {
                    throw new TypeConversionException("'" + text + "' is not a list of CPUs; write such as 0,2-3");
                }
                final int first = Integer.parseInt(range.group(1));
                final int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
                if (last < first) {
                    throw new TypeConversionException("'" + part + "' runs backwards; write the lower CPU first");
                }
                for (int cpu = first; cpu <= last; cpu++) {
                    cpus.add(cpu);
                }
            }
            return new CoreList(cpus);
        }
    }
}
