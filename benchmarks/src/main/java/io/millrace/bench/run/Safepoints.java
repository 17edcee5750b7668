package io.millrace.bench.run;

import java.util.List;

/**
 * How often, and for how long in all, this JVM has stopped its threads. Thread-safe.
 *
 * <p>The JVM tells it through a bean that it does not export and only where it keeps performance data, so {@link #FLAGS}
 * are needed: without them nothing is known.
 */
final class Safepoints {
    /** What the JVM has to be started with; the data stay in its own memory, not in a file that the kernel writes back. */
    static final List<String> FLAGS = List.of(
            "-XX:+UsePerfData",
            "-XX:+PerfDisableSharedMem",
            "--add-exports=java.management/" + Safepoints.PACKAGE + "=ALL-UNNAMED");

    /** What is told where nothing is known. */
    static final long UNKNOWN = -1;

    private static final String PACKAGE = "sun.management";

    private final Object bean;

    private Safepoints(final Object bean) {
        this.bean = bean;
    }

    /** Those of this JVM. */
    static Safepoints ofThisJvm() {
        try {
            return new Safepoints(Class.forName(PACKAGE + ".ManagementFactoryHelper")
                    .getMethod("getHotspotRuntimeMBean")
                    .invoke(null));
        } catch (final ReflectiveOperationException e) {
            return new Safepoints(null);
        }
    }

    /** Stops since the JVM began, or {@link #UNKNOWN}. */
    long count() {
        return ask("getSafepointCount");
    }

    /** Time in them, reaching them included, ms, or {@link #UNKNOWN}. */
    long millis() {
        return ask("getTotalSafepointTime");
    }

    private long ask(final String name) {
        if (bean == null) {
            return UNKNOWN;
        }
        try {
            return (long) Class.forName(PACKAGE + ".HotspotRuntimeMBean")
                    .getMethod(name)
                    .invoke(bean);
        } catch (final ReflectiveOperationException e) {
            return UNKNOWN;
        }
    }
}
