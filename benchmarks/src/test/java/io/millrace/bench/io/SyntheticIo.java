package io.millrace.bench.io;

import io.millrace.bench.link.Link;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Results as they would be if so many millions of frames a second went through. */
public final class SyntheticIo {
    private SyntheticIo() {}

    /** The port and the bindings alone with the same figures, and C beside them, by run. */
    public static IoResult beside(final double[] java, final double[] c) {
        final Map<IoPath, List<IoSample>> samples = new EnumMap<>(IoPath.class);
        samples.put(IoPath.PORT, samples(java));
        samples.put(IoPath.C, samples(c));
        samples.put(IoPath.DEVICE, samples(java));
        return new IoResult(plan(java.length), samples, "gcc");
    }

    /** The port and the bindings alone, where there is no C. */
    public static IoResult alone(final double... java) {
        final Map<IoPath, List<IoSample>> samples = new EnumMap<>(IoPath.class);
        samples.put(IoPath.PORT, samples(java));
        samples.put(IoPath.DEVICE, samples(java));
        return new IoResult(plan(java.length), samples, "gcc is not there");
    }

    private static IoPlan plan(final int repeats) {
        return new IoPlan(Link.carrying("ring"), 32, 1000, 3000, repeats, 1, 0, true);
    }

    /** In a millisecond, a thousand times as many frames as millions a second. */
    private static List<IoSample> samples(final double... mpps) {
        return Arrays.stream(mpps)
                .mapToObj(million -> new IoSample(Math.round(million * 1000), 1_000_000, 1_000_000, "DPDK", null, 0))
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
