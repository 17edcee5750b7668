/**
 * The protocol: RFC 9293 §3.10.7, one stateless class for each of its subsections. A method takes the segment that has
 * arrived and what is known of the connection, changes the connection's variables, and answers with a {@link
 * io.millrace.tcp.state.Verdict}; frames, timers and callbacks are made of verdicts elsewhere, in {@code shard}. So the
 * protocol is pure: it reads no clock and sends nothing. Imports {@code table} for the records, and nothing else of the
 * engine; only {@code shard} and {@code stream} import it.
 */
package io.millrace.tcp.state;
