/**
 * One micro-benchmark for each hot component: {@code millrace jmh PATTERN}.
 *
 * <p>Figures are of one thread unless the name says otherwise, in nanoseconds an operation; {@code benchmarks/README.md}
 * says what each one means. Nothing imports this package.
 */
package io.millrace.bench.jmh;
