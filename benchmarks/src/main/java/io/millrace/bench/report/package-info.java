/**
 * What remains of a benchmark: a folder with a page to look at, the result for machines and the latencies of each second;
 * and the comparison of two such results. The page and the comparison know the result as JSON only, so what is in the file is
 * all there is. Imports {@code io.millrace.bench.run}, {@code stream} and {@code io}; imported by {@code io.millrace.cli}.
 */
package io.millrace.bench.report;
