package io.millrace.cli;

import io.millrace.dataplane.port.decorator.Faults;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * {@code loss=1%,delay=20ms,rx.corrupt=0.1%,seed=42}: a bad cable. A key with {@code rx.} or {@code tx.} before it is for
 * frames received, or sent; without, for both.
 *
 * @param receiving what befalls frames received
 * @param sending what befalls frames sent
 * @param seed of all chances
 */
record FaultsOption(Faults receiving, Faults sending, long seed) {
    private static final Set<String> KEYS = new TreeSet<>(Set.of(
            "loss", "burst", "duplicate", "corrupt", "reorder", "reorder-by", "delay", "jitter", "rate", "queue"));

    static FaultsOption parse(final String text) {
        final Map<String, String> receiving = new HashMap<>();
        final Map<String, String> sending = new HashMap<>();
        long seed = 1;
        for (final String part : text.split(",", -1)) {
            final int equals = part.indexOf('=');
            final String key = equals < 0 ? part : part.substring(0, equals);
            final String value = equals < 0 ? "" : part.substring(equals + 1);
            if (key.equals("seed")) {
                seed = count("seed", value);
                continue;
            }
            final boolean oneWay = key.startsWith("rx.") || key.startsWith("tx.");
            final String fault = oneWay ? key.substring(3) : key;
            if (!KEYS.contains(fault)) {
                throw new IllegalArgumentException("fault '" + key + "' is unknown; choose one of "
                        + String.join(", ", KEYS) + ", each alone or with rx. or tx. before it, or seed");
            }
            if (!key.startsWith("tx.")) {
                receiving.put(fault, value);
            }
            if (!key.startsWith("rx.")) {
                sending.put(fault, value);
            }
        }
        return new FaultsOption(faults(receiving), faults(sending), seed);
    }

    private static Faults faults(final Map<String, String> values) {
        final Faults.Builder builder = Faults.builder()
                .loss(chance("loss", values.getOrDefault("loss", "0%")))
                .duplicate(chance("duplicate", values.getOrDefault("duplicate", "0%")))
                .corrupt(chance("corrupt", values.getOrDefault("corrupt", "0%")))
                .reorder(
                        chance("reorder", values.getOrDefault("reorder", "0%")),
                        nanos("reorder-by", values.getOrDefault("reorder-by", "1ms")))
                .delay(
                        nanos("delay", values.getOrDefault("delay", "0s")),
                        nanos("jitter", values.getOrDefault("jitter", "0s")))
                .rate(
                        count("rate", values.getOrDefault("rate", "0")),
                        count("queue", values.getOrDefault("queue", "256k")));
        final String burst = values.getOrDefault("burst", "0%/100%");
        final int slash = burst.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("fault burst=" + burst
                    + ": write the chances that a burst of loss begins and that it ends, such as burst=0.5%/25%");
        }
        return builder.burstLoss(
                        chance("burst", burst.substring(0, slash)), chance("burst", burst.substring(slash + 1)))
                .build();
    }

    private static double chance(final String key, final String text) {
        if (!text.matches("[0-9]{1,3}(\\.[0-9]{1,9})?%")) {
            throw new IllegalArgumentException("fault " + key + "=" + text + ": write a chance such as 1% or 0.05%");
        }
        return new BigDecimal(text.substring(0, text.length() - 1))
                .movePointLeft(2)
                .doubleValue();
    }

    private static long nanos(final String key, final String text) {
        try {
            return new Quantity.Time().convert(text).toNanos();
        } catch (final TypeConversionException e) {
            throw new IllegalArgumentException("fault " + key + "=" + text + ": write a time such as 20ms or 500us", e);
        }
    }

    private static long count(final String key, final String text) {
        try {
            return new Quantity.Count().convert(text);
        } catch (final TypeConversionException e) {
            throw new IllegalArgumentException(
                    "fault " + key + "=" + text + ": write a number such as 42, 64k or 10M", e);
        }
    }

    static final class Converter implements ITypeConverter<FaultsOption> {
        @Override
        public FaultsOption convert(final String text) {
            return Converters.read(FaultsOption::parse, text);
        }
    }
}
