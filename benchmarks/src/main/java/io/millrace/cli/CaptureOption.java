package io.millrace.cli;

import io.millrace.dataplane.port.decorator.CaptureFilter;
import io.millrace.dataplane.port.decorator.CaptureSettings;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code FILE[,filter=EXPRESSION][,snap=BYTES][,last=N]}: what to capture, and where to.
 *
 * @param file a pcapng file to stream to; or, if only the last frames are kept, the ring's
 * @param keepsLast whether only the last frames are kept
 * @param settings filter, snap length and number of frames
 */
record CaptureOption(Path file, boolean keepsLast, CaptureSettings settings) {
    static CaptureOption parse(final String text) {
        final String[] parts = text.split(",", -1);
        if (parts[0].isEmpty() || parts[0].contains("=")) {
            throw new IllegalArgumentException(
                    "capture '" + text + "': write a file first, such as trace.pcapng,filter=tcp port 80");
        }
        CaptureSettings settings = CaptureSettings.defaults();
        boolean keepsLast = false;
        for (int i = 1; i < parts.length; i++) {
            final int equals = parts[i].indexOf('=');
            final String key = equals < 0 ? parts[i] : parts[i].substring(0, equals);
            final String value = equals < 0 ? "" : parts[i].substring(equals + 1);
            switch (key) {
                case "filter" -> settings = settings.withFilter(CaptureFilter.parse(value));
                case "snap" -> settings = settings.withSnap(number(text, key, value));
                case "last" -> {
                    settings = settings.withFrames(number(text, key, value));
                    keepsLast = true;
                }
                default ->
                    throw new IllegalArgumentException(
                            "capture '" + text + "': '" + key + "' is unknown; choose filter=, snap= or last=");
            }
        }
        return new CaptureOption(Path.of(parts[0]), keepsLast, settings);
    }

    private static int number(final String text, final String key, final String value) {
        try {
            return Math.toIntExact(new Quantity.Count().convert(value));
        } catch (final TypeConversionException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "capture '" + text + "': " + key + "=" + value + ": write a count such as 4096 or 64k", e);
        }
    }

    static final class Converter implements ITypeConverter<CaptureOption> {
        @Override
        public CaptureOption convert(final String text) {
            return Converters.read(CaptureOption::parse, text);
        }
    }
}
