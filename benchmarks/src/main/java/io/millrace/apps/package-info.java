/**
 * The small servers that {@code millrace serve} and the benchmarks listen with: echo, close, discard, chargen, http.
 *
 * <p>Each is one {@link io.millrace.tcp.TcpHandler} for all connections of a shard. What a connection needs to remember
 * fits its 64-bit attachment, so no connection costs an object. Imported by {@code io.millrace.cli} and
 * {@code io.millrace.bench}; imports the engine's API only.
 */
package io.millrace.apps;
