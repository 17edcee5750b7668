/**
 * The protocol, stated as conversations: one class for each subsection of RFC 9293 §3.10.7 or topic, each test tagged with
 * the clauses of the checklist it covers.
 */
package io.millrace.tcp.protocol;
