package io.millrace.dataplane.port.decorator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes pcapng (draft-ietf-opsawg-pcapng), one section, in the machine's byte order, times in nanoseconds.
 *
 * <p>One thread; allocates its buffer when it is made, and the bytes of a comment.
 */
public final class PcapngWriter implements AutoCloseable {
    private static final int SECTION_HEADER = 0x0a0d_0d0a;
    private static final int BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int INTERFACE_STATISTICS = 5;
    private static final int ENHANCED_PACKET = 6;
    private static final int LINKTYPE_ETHERNET = 1;

    private static final int OPT_END = 0;
    private static final int OPT_COMMENT = 1;
    private static final int SHB_USERAPPL = 4;
    private static final int IF_NAME = 2;
    private static final int IF_DESCRIPTION = 3;
    private static final int IF_TSRESOL = 9;
    private static final int EPB_FLAGS = 2;
    private static final int ISB_IFRECV = 4;
    private static final int ISB_IFDROP = 5;

    /** Negative power of ten: 9 is nanoseconds. */
    private static final byte NANOSECONDS = 9;

    private static final int BUFFER_LENGTH = 1 << 18;
    /** Block header, fixed part and options of a packet without its data and its comment. */
    private static final int PACKET_OVERHEAD = 64;

    private static final int LONGEST_TEXT = 4_096;

    private final WritableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_LENGTH).order(ByteOrder.nativeOrder());
    private int blockStart;

    /**
     * Begins a section.
     *
     * @param channel where to write; closed with this
     * @param application who writes
     */
    public PcapngWriter(final WritableByteChannel channel, final String application) {
        this.channel = channel;
        begin(SECTION_HEADER);
        buffer.putInt(BYTE_ORDER_MAGIC).putShort((short) 1).putShort((short) 0).putLong(-1);
        option(SHB_USERAPPL, bytes(application));
        end();
    }

    /** Adds an Ethernet interface; they are numbered from 0. */
    public void addInterface(final String name, final String description, final int snap) throws IOException {
        room(PACKET_OVERHEAD + 2 * LONGEST_TEXT);
        begin(INTERFACE_DESCRIPTION);
        buffer.putShort((short) LINKTYPE_ETHERNET).putShort((short) 0).putInt(snap);
        option(IF_NAME, bytes(name));
        option(IF_DESCRIPTION, bytes(description));
        option(IF_TSRESOL, new byte[] {NANOSECONDS});
        end();
    }

    /** Writes a frame. */
    public void write(final CapturedFrame frame) throws IOException {
        final ByteBuffer data = frame.data();
        final int kept = data.remaining();
        room(PACKET_OVERHEAD + kept + LONGEST_TEXT);
        begin(ENHANCED_PACKET);
        buffer.putInt(frame.interfaceNumber())
                .putInt((int) (frame.epochNanos() >>> 32))
                .putInt((int) frame.epochNanos())
                .putInt(kept)
                .putInt(frame.length())
                .put(data);
        pad();
        optionHeader(EPB_FLAGS, Integer.BYTES);
        buffer.putInt(frame.isInbound() ? CaptureLayout.INBOUND : CaptureLayout.OUTBOUND);
        if (!frame.comment().isEmpty()) {
            option(OPT_COMMENT, bytes(frame.comment()));
        }
        end();
    }

    /** Writes what became of an interface's frames: those that should be in the file, and those among them that are not. */
    public void statistics(final int interfaceNumber, final long epochNanos, final long captured, final long dropped)
            throws IOException {
        room(PACKET_OVERHEAD);
        begin(INTERFACE_STATISTICS);
        buffer.putInt(interfaceNumber).putInt((int) (epochNanos >>> 32)).putInt((int) epochNanos);
        optionHeader(ISB_IFRECV, Long.BYTES);
        buffer.putLong(captured);
        optionHeader(ISB_IFDROP, Long.BYTES);
        buffer.putLong(dropped);
        end();
    }

    private static byte[] bytes(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= LONGEST_TEXT - 8 ? bytes : Arrays.copyOf(bytes, LONGEST_TEXT - 8);
    }

    private void begin(final int type) {
        blockStart = buffer.position();
        buffer.putInt(type).putInt(0); // the length is not known yet
    }

    private void end() {
        optionHeader(OPT_END, 0);
        final int length = buffer.position() - blockStart + Integer.BYTES;
        buffer.putInt(length).putInt(blockStart + Integer.BYTES, length);
    }

    private void optionHeader(final int code, final int length) {
        buffer.putShort((short) code).putShort((short) length);
    }

    private void option(final int code, final byte[] value) {
        optionHeader(code, value.length);
        buffer.put(value);
        pad();
    }

    private void pad() {
        while ((buffer.position() - blockStart & 3) != 0) {
            buffer.put((byte) 0);
        }
    }

    private void room(final int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    /** Hands everything so far to the channel. */
    public void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    /** Writes what is left and closes the channel. */
    @Override
    public void close() throws IOException {
        try (channel) {
            flush();
        }
    }
}
