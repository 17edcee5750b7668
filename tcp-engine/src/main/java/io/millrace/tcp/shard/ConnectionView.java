package io.millrace.tcp.shard;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.egress.OptionWriter;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The application's view of one connection: a flyweight over its record. What the application asks for is only marked
 * here; the shard acts on it when the callback returns, or at the end of the duty cycle.
 */
final class ConnectionView implements TcpConnection {
    private final Tcb tcb = new Tcb();
    private final Requests requests;

    ConnectionView(final Requests requests) {
        this.requests = requests;
    }

    ConnectionView wrap(final int slot, final long address) {
        tcb.wrap(slot, address);
        return this;
    }

    int slot() {
        return tcb.slot();
    }

    long address() {
        return tcb.address();
    }

    @Override
    public long id() {
        return requests.id(tcb);
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
        return requests.write(tcb, source, offset, length);
    }

    @Override
    public int lend(final DirectBuffer source, final int offset, final int length, final long token) {
        return requests.lend(tcb, source, offset, length, token);
    }

    @Override
    public long retain() {
        return requests.retain();
    }

    @Override
    public boolean release(final long frame) {
        return requests.release(frame);
    }

    @Override
    public int writable() {
        return requests.writable(tcb);
    }

    @Override
    public int unacknowledged() {
        return tcb.sndMax() - tcb.sndUna();
    }

    @Override
    public void resume() {
        requests.resume(tcb);
    }

    @Override
    public int read(final MutableDirectBuffer target, final int offset, final int length) {
        return requests.read(tcb, target, offset, length);
    }

    @Override
    public int unread() {
        return requests.unread(tcb);
    }

    @Override
    public int urgent() {
        return requests.urgent(tcb);
    }

    @Override
    public boolean isPeerClosed() {
        return tcb.is(TcbFlags.FIN_RECEIVED);
    }

    @Override
    public int retransmits() {
        return tcb.retransmits();
    }

    @Override
    public boolean isUnreachable() {
        return tcb.is(TcbFlags.SOFT_ERROR);
    }

    @Override
    public boolean isRecovering() {
        return tcb.is(TcbFlags.IN_RECOVERY);
    }

    @Override
    public int maxSegmentBytes() {
        return tcb.mss() - (tcb.is(TcbFlags.TIMESTAMPS) ? OptionWriter.TIMESTAMPS_LENGTH : 0);
    }

    @Override
    public void watch() {
        tcb.set(TcbFlags.WATCHED);
    }

    @Override
    public ConnectionOptions options() {
        return requests.options(tcb);
    }

    @Override
    public void options(final ConnectionOptions options) {
        requests.options(tcb, options);
    }

    @Override
    public void shutdownOutput() {
        requests.shutdownOutput(tcb);
    }

    @Override
    public void shutdownInput() {
        tcb.set(TcbFlags.INPUT_SHUT);
    }

    @Override
    public void close() {
        requests.close(tcb);
    }

    @Override
    public void abort() {
        requests.abort(tcb);
    }
}
