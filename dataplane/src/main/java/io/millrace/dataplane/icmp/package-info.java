/**
 * ICMP and ICMPv6: answers echo requests, and tells senders of dropped packets what was wrong where the RFCs ask for it.
 * Used by {@code core}; imports {@code wire}, {@code host}, {@code ingress}, {@code port} and {@code counters}.
 */
package io.millrace.dataplane.icmp;
