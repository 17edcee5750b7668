/**
 * What idling costs: how long a frame waits for a polling thread that had nothing to do, and how much of a CPU that thread
 * takes meanwhile. Runs a whole engine over ports in memory; imported by {@code io.millrace.cli}.
 */
package io.millrace.bench.idle;
