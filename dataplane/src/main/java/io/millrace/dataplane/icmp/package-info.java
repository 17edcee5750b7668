/** ICMP: answers echo requests. Used by {@code core}; imports {@code wire}, {@code port} and {@code counters}. */
package io.millrace.dataplane.icmp;
