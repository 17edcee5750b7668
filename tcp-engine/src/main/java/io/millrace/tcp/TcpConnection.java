package io.millrace.tcp;

import io.millrace.dataplane.wire.IpAddress;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * One connection, seen from its application.
 *
 * <p>A flyweight over the connection's off-heap record, owned by the shard's thread and valid during one callback (or
 * until the next {@link TcpLoop#connection}). Allocates nothing, except where a method says so.
 */
public interface TcpConnection {
    /** Names the connection for as long as it lives, and nothing else ever after: shard, generation and slot. */
    long id();

    /** Where the connection stands, RFC 9293 §3.3.2. */
    TcpState state();

    /** Our address. Allocates. */
    IpAddress localAddress();

    /** Our port. */
    int localPort();

    /** The peer's address. Allocates. */
    IpAddress remoteAddress();

    /** The peer's port. */
    int remotePort();

    /** The application's 64 bits for this connection; 0 at first for accepted ones. */
    long attachment();

    /** Sets the application's 64 bits. */
    void attachment(long value);

    /**
     * Queues bytes for sending; they are copied, and leave when the callback returns.
     *
     * @return how many bytes were taken; fewer than {@code length} means that the send buffer is full, and
     *     {@link TcpHandler#onWritable} will follow. 0 after {@link #shutdownOutput}, {@link #close} or {@link #abort}.
     */
    int write(DirectBuffer source, int offset, int length);

    /** Room in the send buffer, in bytes. */
    int writable();

    /** Bytes written that the peer has not acknowledged yet. */
    int unacknowledged();

    /** Offers again what {@link TcpHandler#onData} did not take. */
    void resume();

    /**
     * Takes bytes that {@link TcpHandler#onData} did not take; not within {@code onData} itself.
     *
     * @return how many were copied to {@code target}, 0 to {@code length}.
     */
    int read(MutableDirectBuffer target, int offset, int length);

    /** Bytes received in order that were not taken yet. */
    int unread();

    /** Bytes to the end of the peer's urgent data, from the first byte not taken; 0 where there is none to come. */
    int urgent();

    /** Whether the peer has closed its side: nothing comes after what is {@link #unread}. */
    boolean isPeerClosed();

    /** Timeouts of the retransmission timer since something was acknowledged last. */
    int retransmits();

    /** Whether a loss is being recovered from. */
    boolean isRecovering();

    /** Most bytes of text in one segment to the peer. */
    int maxSegmentBytes();

    /** Has {@link TcpHandler#onChange} called from now on whenever something happens to the connection. */
    void watch();

    /** What it has of its own, or the engine's defaults. */
    ConnectionOptions options();

    /** Sets what it has of its own. */
    void options(ConnectionOptions options);

    /** Closes our side after the bytes already written: half-close, RFC 9293 §3.6. Data may still come in. */
    void shutdownOutput();

    /**
     * Closes for good: FIN after the bytes already written; data that arrives later, or that was not taken, makes it a
     * reset (RFC 9293 §3.6.1, RFC 2525 §2.17).
     */
    void close();

    /** Resets the connection and forgets it at once, RFC 9293 §3.10.5. */
    void abort();
}
