/**
 * Validation of arriving frames: {@link io.millrace.dataplane.ingress.FrameClassifier} checks every length, checksum and
 * address once, and tells what the frame is or why it is dropped. Behind it everything trusts the frame. Used by {@code
 * core}; imports {@code wire}, {@code host} and {@code counters}.
 */
package io.millrace.dataplane.ingress;
