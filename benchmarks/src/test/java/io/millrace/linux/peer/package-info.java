/**
 * Our engine against the kernel's TCP: two network namespaces joined by a veth pair, {@code millrace serve} or our active
 * open at one end through {@code net_af_packet}, ordinary programs at the other. All traffic stays inside; all is removed.
 */
package io.millrace.linux.peer;
