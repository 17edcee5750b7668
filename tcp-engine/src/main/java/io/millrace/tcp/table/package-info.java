/**
 * The off-heap tables of one shard, composed of small parts: an index ({@link io.millrace.tcp.table.FlowIndex}), slabs of
 * fixed-size records ({@link io.millrace.tcp.table.RecordSlab}) and orders of expiry (a FIFO for each timeout in
 * {@link io.millrace.tcp.table.SynQueue}, a circular log in {@link io.millrace.tcp.table.TimeWaitTable}).
 *
 * <p>Everything is sized at start and nothing grows; each class says what it does when it is full. One thread, the
 * shard's, owns them all. Times are milliseconds in an int that wraps; only differences below 2^31 ms (24 days) are ever
 * formed. Addresses are two longs, IPv4 in its mapped form as {@link io.millrace.dataplane.wire.IpAddress} has it; the two
 * ports are one int, {@code remotePort << 16 | localPort}. Imports only that class and {@code io.millrace.memory}.
 */
package io.millrace.tcp.table;
