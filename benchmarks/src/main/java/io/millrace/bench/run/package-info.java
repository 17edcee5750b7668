/**
 * The connection rate benchmark: a parent process that starts a server and a generator process, each with its polling
 * threads on cores of its own, asks both for their figures once a second, and sums up.
 *
 * <p>The parent speaks to its children over their standard streams: a command a line in, one {@link
 * io.millrace.bench.run.NodeReport} a line of JSON out. A child ends by itself when its input ends, so nothing outlives
 * the parent. Imported by {@code io.millrace.cli}.
 */
package io.millrace.bench.run;
