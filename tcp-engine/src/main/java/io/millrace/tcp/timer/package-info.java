/**
 * Timers of connections: a hierarchical wheel whose links live in the connections' own records. Half-open and TIME_WAIT
 * entries keep their own order of expiry in {@code io.millrace.tcp.table}. Imported by the shard; imports only
 * {@code io.millrace.memory} and {@link io.millrace.tcp.table.RecordSlab}.
 */
package io.millrace.tcp.timer;
