package io.millrace.dataplane.nic;

import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.EalOptions;
import java.util.Arrays;
import java.util.List;

/** Two NICs of one kind, back to back, and the one DPDK that has all of them. */
record NicPair(NicModel model, Devargs near, Devargs far) {
    private static final List<NicPair> ALL = Arrays.stream(
                    System.getProperty("millrace.nics", "").split(","))
            .filter(text -> !text.isEmpty())
            .map(NicPair::parse)
            .toList();
    private static final Eal EAL = start();

    private static NicPair parse(final String text) {
        final String[] parts = text.split("[=+]");
        return new NicPair(NicModel.named(parts[0]), Devargs.parse(parts[1]), Devargs.parse(parts[2]));
    }

    private static Eal start() {
        final EalOptions.Builder options = EalOptions.builder();
        ALL.forEach(pair -> options.device(pair.near).device(pair.far));
        return Eal.start(options.build());
    }

    static List<NicPair> all() {
        return ALL;
    }

    static Eal eal() {
        return EAL;
    }

    @Override
    public String toString() {
        return model.label();
    }
}
