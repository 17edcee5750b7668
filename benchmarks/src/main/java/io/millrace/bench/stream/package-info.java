/**
 * The stream benchmark: bytes in bulk, or small requests and answers, between two processes, each an engine or the kernel's
 * own TCP. Imported by the command line and the report.
 */
package io.millrace.bench.stream;
