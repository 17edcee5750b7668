/**
 * Ports around ports: {@link io.millrace.dataplane.port.decorator.PcapTap} shows what goes through a port, {@link
 * io.millrace.dataplane.port.decorator.FaultInjector} makes a bad cable of it, {@link
 * io.millrace.dataplane.port.decorator.VlanPort} puts it into a VLAN. Each is a {@code PacketPort} again, so nobody behind
 * knows; whoever opens a port decides whether to put one round it.
 *
 * <p>A capture is one idea: a {@link io.millrace.dataplane.port.decorator.CaptureRing} in memory, or in a mapped file, into
 * which the polling threads write and never look back, each into a lane of its own. Whoever wants the frames follows with
 * a {@link io.millrace.dataplane.port.decorator.CaptureReader}: a thread of this process that streams them to a file
 * ({@link io.millrace.dataplane.port.decorator.CaptureStream}), or another process, also after this one has died. Too slow
 * a reader finds its frames overwritten, and counts them.
 *
 * <p>Everyone may import this package.
 */
package io.millrace.dataplane.port.decorator;
