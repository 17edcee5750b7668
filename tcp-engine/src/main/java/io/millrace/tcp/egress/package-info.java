/**
 * Segments on their way out: takes numbers and writes complete Ethernet frames, in the frame that brought the question
 * where there is one. Knows headers and options, no connection's rules. Imported by {@code stream} and {@code shard}.
 */
package io.millrace.tcp.egress;
