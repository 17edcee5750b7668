/**
 * A connection's two byte streams: send and receive buffers in chains of off-heap blocks, reassembly, what to send and
 * when (RFC 9293 §3.8, RFC 5681, RFC 6298, RFC 6582). Works on the connection's record, has no state of its own for a
 * connection, and holds no block for an idle one. Imported by {@code shard} only.
 */
package io.millrace.tcp.stream;
