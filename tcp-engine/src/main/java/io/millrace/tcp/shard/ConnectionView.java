package io.millrace.tcp.shard;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.table.Tcb;
import org.agrona.DirectBuffer;

/**
 * The application's view of one connection: a flyweight over its record. What the application asks for is only marked
 * here; the shard acts on it when the callback returns, or at the end of the duty cycle.
 */
final class ConnectionView implements TcpConnection {
    private final Tcb tcb = new Tcb();
    private final Connections connections;

    ConnectionView(final Connections connections) {
        this.connections = connections;
    }

    ConnectionView wrap(final int slot, final long address) {
        tcb.wrap(slot, address);
        return this;
    }

    @Override
    public long id() {
        return connections.id(tcb);
    }

    @Override
    public TcpState state() {
        return tcb.state();
    }

    @Override
    public IpAddress localAddress() {
        return new IpAddress(tcb.localHi(), tcb.localLo());
    }

    @Override
    public int localPort() {
        return tcb.localPort();
    }

    @Override
    public IpAddress remoteAddress() {
        return new IpAddress(tcb.remoteHi(), tcb.remoteLo());
    }

    @Override
    public int remotePort() {
        return tcb.remotePort();
    }

    @Override
    public long attachment() {
        return tcb.attachment();
    }

    @Override
    public void attachment(final long value) {
        tcb.attachment(value);
    }

    @Override
    public int write(final DirectBuffer source, final int offset, final int length) {
        return connections.write(tcb, source, offset, length);
    }

    @Override
    public int writable() {
        return connections.writable(tcb);
    }

    @Override
    public int unacknowledged() {
        return tcb.sndMax() - tcb.sndUna();
    }

    @Override
    public void resume() {
        connections.resume(tcb);
    }

    @Override
    public void shutdownOutput() {
        connections.shutdownOutput(tcb);
    }

    @Override
    public void close() {
        connections.close(tcb);
    }

    @Override
    public void abort() {
        connections.abort(tcb);
    }
}
