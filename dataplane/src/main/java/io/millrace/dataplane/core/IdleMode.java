package io.millrace.dataplane.core;

/** What a polling thread does when there is nothing to do; {@link Idling} does it. */
public enum IdleMode {
    /** Polls on: the shortest latency, a whole core. */
    BUSY,
    /** Polls on, but lets other threads of the core run: for more threads than cores. */
    YIELD,
    /** Sleeps until something comes, if that takes longer than waking up does: an idle engine leaves the core free. */
    ADAPTIVE
}
