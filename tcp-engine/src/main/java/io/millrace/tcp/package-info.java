/**
 * The TCP engine as its users see it: {@link io.millrace.tcp.TcpEngine} runs shards over a port, {@link
 * io.millrace.tcp.TcpHandler} gets the events of connections, {@link io.millrace.tcp.TcpConnection} acts on one of them,
 * and {@link io.millrace.tcp.TcpLoop} is a shard seen from the code that lives on its thread. Everyone may import it.
 */
package io.millrace.tcp;
