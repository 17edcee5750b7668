/**
 * How the nodes of a benchmark are joined: what {@code --link} names ({@link io.millrace.bench.link.Link}), and the cable
 * that is made of it for one run and removed with it ({@link io.millrace.bench.link.Cable}). Imported by the benchmarks and
 * the command line.
 */
package io.millrace.bench.link;
