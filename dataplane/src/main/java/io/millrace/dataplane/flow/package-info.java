/**
 * Which shard a flow belongs to: the Toeplitz hash of receive-side scaling in software, and the redirection table, both
 * equal to what the NIC is configured with. Everyone may import this package; it imports nothing of Millrace.
 */
package io.millrace.dataplane.flow;
