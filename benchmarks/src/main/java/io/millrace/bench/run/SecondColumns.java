package io.millrace.bench.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What each second of a run was like, as JSON: a column for each figure, with a value for each second, null where there is
 * none; the seconds of the warm-up come first, at times below 0. One thread.
 */
public final class SecondColumns {
    private final List<Second> seconds = new ArrayList<>();
    private final Map<String, Object> columns = new LinkedHashMap<>();

    /** Of a warm-up and of the measured time after it, where time is 0. */
    public SecondColumns(final Series warmUp, final Series measured) {
        take(warmUp, measured.first());
        take(measured, measured.first());
        add(columns, "t_s", Second::elapsed);
    }

    private void take(final Series series, final Moment origin) {
        final List<Moment> moments = series.moments();
        for (int i = 1; i < moments.size(); i++) {
            final Moment now = moments.get(i);
            seconds.add(new Second(now.generatorSince(origin).seconds(), moments.get(i - 1), now));
        }
    }

    /** Another figure. */
    public SecondColumns add(final String name, final ToDoubleFunction<Second> value) {
        add(columns, name, value);
        return this;
    }

    private void add(final Map<String, Object> to, final String name, final ToDoubleFunction<Second> value) {
        final List<Double> column = new ArrayList<>(seconds.size());
        seconds.forEach(second -> column.add(ResultJson.orNull(value.applyAsDouble(second))));
        to.put(name, column);
    }

    /** All of them, and what each CPU of the machine did. */
    public Map<String, Object> toMap() {
        final Map<String, Object> all = new LinkedHashMap<>(columns);
        final Map<String, Object> cpus = new LinkedHashMap<>();
        if (!seconds.isEmpty()) {
            for (final int cpu : seconds.getLast().now().cpus().cpus().keySet()) {
                add(
                        cpus,
                        String.valueOf(cpu),
                        second -> second.now().cpus().busySince(second.before().cpus(), cpu));
            }
        }
        all.put("cpu_busy", cpus);
        return all;
    }
}
