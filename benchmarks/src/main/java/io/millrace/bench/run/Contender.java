package io.millrace.bench.run;

/**
 * Who is measured beside the engine, in turn with it. Immutable.
 *
 * @param key its name in JSON.
 * @param label for people.
 * @param kind what its figure means for the engine's.
 * @param lineup whose programs, and over what.
 * @param compiled whether nothing of it has to warm up before it is as fast as it gets.
 */
public record Contender(String key, String label, Kind kind, Lineup lineup, boolean compiled) {
    /** What a reference is. */
    public enum Kind {
        /** Another TCP: the engine's figure is a multiple of its. */
        OTHER_TCP,
        /** The link with no TCP, frames that go there and back: the engine's figure is a share of its. */
        LIMIT
    }
}
