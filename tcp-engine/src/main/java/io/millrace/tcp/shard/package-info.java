/**
 * One slice of the engine: {@link io.millrace.tcp.shard.TcpShard} owns a slice of every table, and its thread alone touches
 * them. Here the protocol's verdicts become frames, timers and callbacks. Imports every room of the engine; only the engine
 * itself imports it.
 */
package io.millrace.tcp.shard;
