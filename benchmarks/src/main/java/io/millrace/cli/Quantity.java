package io.millrace.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads counts and durations as people write them. */
final class Quantity {
    private static final Pattern COUNT = Pattern.compile("([0-9]{1,12})([kKmMgG]?)");
    private static final Pattern RATE = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?)([kKmM]?)");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(us|ms|s|m|h)?");

    private Quantity() {}

    /** {@code 4096}, {@code 64k}, {@code 64M}; the letters are powers of 1,024. */
    static final class Count implements ITypeConverter<Long> {
        @Override
        public Long convert(final String text) {
            final Matcher matcher = COUNT.matcher(text.replace("_", "").replace(",", ""));
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is not a count; write such as 4096, 64k or 64M");
            }
            final int shift = switch (matcher.group(2)) {
                case "k", "K" -> 10;
                case "m", "M" -> 20;
                case "g", "G" -> 30;
                default -> 0;
            };
            return Long.parseLong(matcher.group(1)) << shift;
        }
    }

    /** {@code 10000}, {@code 500k}, {@code 1.5M} a second; the letters are powers of 1,000, as rates have them. */
    static final class Rate implements ITypeConverter<Long> {
        @Override
        public Long convert(final String text) {
            final Matcher matcher = RATE.matcher(text.replace("_", "").replace(",", ""));
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is not a rate; write such as 10000, 500k or 1.5M");
            }
            final int places = switch (matcher.group(2)) {
                case "k", "K" -> 3;
                case "m", "M" -> 6;
                default -> 0;
            };
            return new BigDecimal(matcher.group(1)).movePointRight(places).longValue();
        }
    }

    /** {@code 30}, {@code 30s}, {@code 500ms}, {@code 50us}, {@code 2m}, {@code 1h}; a bare number is seconds. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(final String text) {
            final Matcher matcher = DURATION.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is not a duration; write such as 30s, 500ms or 2m");
            }
            final long amount = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2) == null ? "s" : matcher.group(2)) {
                case "us" -> Duration.ofNanos(amount * 1_000);
                case "ms" -> Duration.ofMillis(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofSeconds(amount);
            };
        }
    }
}
