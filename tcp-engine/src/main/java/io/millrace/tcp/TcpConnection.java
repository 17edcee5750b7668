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

    /**
     * Queues bytes for sending from where they are, without copying them. They must stay there, and must not change, until
     * {@link TcpHandler#onReturned} gives them back: when the peer has acknowledged the last of them, or the connection ends.
     * They count as {@link #write written}, and go in line with what was written before and after; whatever their number,
     * they take a block of 4 KiB of the engine's buffers, so that a few bytes are better written.
     *
     * @param source direct memory; the engine keeps the address alone, so it is for the caller to keep it alive.
     * @param token given back with the bytes; any value, which need not differ from others.
     * @return how many bytes were taken, from {@code offset} on; fewer than {@code length} means that the send buffer is full,
     *     and {@link TcpHandler#onWritable} will follow. 0 has lent nothing, and nothing will be given back.
     * @throws IllegalArgumentException if the buffer is over an array.
     */
    int lend(DirectBuffer source, int offset, int length, long token);

    /**
     * Keeps the frame that has brought the bytes which {@link TcpHandler#onData} is being shown, so that they stay where they
     * are until {@link #release}; wrap another buffer around them, as the one handed in is used again. Only within {@code
     * onData}; a second call in the same one names the same frame. If {@code onData} throws, nothing is kept.
     *
     * <p>The device needs frames to receive into: those kept are bounded for each shard and each port, and one that is kept for
     * long is missing. A port that is removed waits until its frames are back; the engine takes all back when it ends.
     *
     * @return a handle of the shard's; or 0, which is counted: too many are kept, or the bytes were copied already because
     *     they had to wait. Copy them then.
     */
    long retain();

    /**
     * Gives a frame back that was {@link #retain kept} by any connection of the shard, this one or another; the bytes in it
     * must not be looked at any more.
     *
     * @return false if the handle is not, or no longer, that of a frame which is kept.
     */
    boolean release(long frame);

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

    /** Whether nothing was acknowledged since the last {@link TcpHandler#onNetworkError}: if the peer stays silent, that is why. */
    boolean isUnreachable();

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
     * Nothing more is wanted of what comes in: once our side is closed as well, text that arrives is answered by a reset (RFC
     * 1122 §4.2.2.13). What has come already may still be taken.
     */
    void shutdownInput();

    /**
     * Closes for good: FIN after the bytes already written; data that arrives later, or that was not taken, makes it a
     * reset (RFC 9293 §3.6.1, RFC 2525 §2.17).
     */
    void close();

    /** Resets the connection and forgets it at once, RFC 9293 §3.10.5. */
    void abort();
}
