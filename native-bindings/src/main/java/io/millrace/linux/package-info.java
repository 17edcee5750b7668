/**
 * The few things asked of Linux itself: memory mappings, CPUs and their affinity, CPU time, sleeping and huge pages. Everyone may import it;
 * it imports nothing of Millrace.
 */
package io.millrace.linux;
