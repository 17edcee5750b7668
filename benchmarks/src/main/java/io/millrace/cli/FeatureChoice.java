package io.millrace.cli;

import io.millrace.dataplane.port.PortFeature;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A feature of a port that is wanted, or, with {@code no-} before its name, is not. Immutable.
 *
 * @param feature which.
 * @param wanted whether the device is asked for it.
 */
record FeatureChoice(PortFeature feature, boolean wanted) {
    private static final String NOT = "no-";
    /** Those that follow from no other option. */
    private static final Set<PortFeature> CHOICES =
            EnumSet.of(PortFeature.OFFLOADS, PortFeature.SEGMENTATION, PortFeature.PROMISCUOUS);

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException when there is no such feature to be chosen.
     */
    static FeatureChoice parse(final String text) {
        final boolean wanted = !text.startsWith(NOT);
        final String name = wanted ? text : text.substring(NOT.length());
        return CHOICES.stream()
                .filter(feature -> EngineNames.of(feature).equals(name))
                .findFirst()
                .map(feature -> new FeatureChoice(feature, wanted))
                .orElseThrow(() -> new IllegalArgumentException("unknown feature '" + name + "': choose of "
                        + CHOICES.stream().map(EngineNames::of).collect(Collectors.joining(", "))
                        + ", with no- before what is not wanted"));
    }
}
