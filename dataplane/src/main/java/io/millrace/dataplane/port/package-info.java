/**
 * Ports: where frames enter and leave. {@link io.millrace.dataplane.port.PacketPort} is the face; {@code DpdkPort} drives
 * a DPDK device, {@code MemoryPort} joins two engines in one process without DPDK and without root.
 *
 * <p>Each queue has one thread that polls it. A frame received becomes the receiver's, a frame sent becomes the port's.
 * Everyone may import this package.
 */
package io.millrace.dataplane.port;
