/**
 * Counters: one documented enum, one block of longs for each owner thread, and a mapped file through which another
 * process can read them. Everyone may import this package; it imports only {@code io.millrace.memory}.
 */
package io.millrace.dataplane.counters;
