/**
 * Load from nothing but templates: SYNs at a rate that no client with a memory could offer, from sources that nobody has, or
 * from clients that keep no state and yet answer, so that each connection is completed.
 *
 * <p>It goes through the generator's port besides what its engine sends, on the polling thread, and allocates nothing in steady
 * state. Imports the data plane; imported by {@code io.millrace.bench.run}.
 */
package io.millrace.bench.blast;
