/**
 * Frames between a port and the TCP engine. At this level: the batch of classified frames ({@link
 * io.millrace.dataplane.FrameBatch}, {@link io.millrace.dataplane.FrameMeta}) and the two ends TCP is joined to, {@link
 * io.millrace.dataplane.FrameConsumer} (in) and {@link io.millrace.dataplane.FrameSink} (out).
 *
 * <p>A frame is the address of an mbuf ({@code long}); whoever holds the address owns the frame, and either hands it on
 * or frees it, exactly once. Everyone may import this package; it imports nothing of Millrace.
 */
package io.millrace.dataplane;
