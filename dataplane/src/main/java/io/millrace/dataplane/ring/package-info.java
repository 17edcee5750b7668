/**
 * The hand-over of frames between two threads: {@link io.millrace.dataplane.ring.FrameRing}, which carries many frame
 * descriptors in each message, because one message each costs seven times as much; and
 * {@link io.millrace.dataplane.ring.Doorbell}, which wakes the one who sleeps. Used by {@code core} and {@code port}.
 */
package io.millrace.dataplane.ring;
