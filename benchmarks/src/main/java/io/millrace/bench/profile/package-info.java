/**
 * Where the polling threads of a benchmark's processes spend their CPU time: a node records itself by the JDK's flight recorder
 * while its figures are measured, and the parent reads that when the node has ended. A sample belongs to a {@link
 * io.millrace.bench.profile.Room}, by the innermost method of the project's on its stack.
 *
 * <p>Imported by {@code io.millrace.bench.run}, {@code io.millrace.bench.stream}, {@code io.millrace.bench.report} and {@code
 * io.millrace.cli}.
 */
package io.millrace.bench.profile;
