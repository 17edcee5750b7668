/**
 * Who we are on a network: our MAC address, our IP addresses, and the way to others. Immutable, so every thread may read
 * it. Everyone may import this package; it imports only {@code wire}.
 */
package io.millrace.dataplane.host;
