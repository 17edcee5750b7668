package io.millrace.tcp.egress;

import io.millrace.memory.Memory;

/** Writes TCP options (RFC 9293 §3.2, RFC 7323, RFC 2018) at an address, padded to multiples of four bytes. Stateless. */
public final class OptionWriter {
    /** Bytes of timestamps with the two NOPs before them. */
    public static final int TIMESTAMPS_LENGTH = 12;
    /** Most SACK blocks that fit beside timestamps; four fit without. */
    public static final int MAX_SACK_BLOCKS_WITH_TIMESTAMPS = 3;

    private static final int NOP = 1;
    private static final int MSS = 0x0204 << 16;
    private static final int WINDOW_SCALE = NOP << 24 | 0x0303 << 8;
    private static final int SACK_PERMITTED = 0x0402 << 16;
    private static final int SACK = NOP << 24 | NOP << 16 | 5 << 8;
    private static final int TIMESTAMPS = 0x080a;

    private OptionWriter() {}

    /** MSS: 4 bytes. */
    public static int mss(final long at, final int mss) {
        Memory.putIntBE(at, MSS | mss);
        return 4;
    }

    /** NOP and window scale: 4 bytes. */
    public static int windowScale(final long at, final int shift) {
        Memory.putIntBE(at, WINDOW_SCALE | shift);
        return 4;
    }

    /** SACK-permitted and two NOPs: 4 bytes. */
    public static int sackPermitted(final long at) {
        Memory.putIntBE(at, SACK_PERMITTED | NOP << 8 | NOP);
        return 4;
    }

    /** SACK-permitted and timestamps, which fill 12 bytes without a NOP. */
    public static int sackPermittedAndTimestamps(final long at, final int tsVal, final int tsEcr) {
        Memory.putIntBE(at, SACK_PERMITTED | TIMESTAMPS);
        Memory.putIntBE(at + 4, tsVal);
        Memory.putIntBE(at + 8, tsEcr);
        return TIMESTAMPS_LENGTH;
    }

    /** Two NOPs and timestamps: 12 bytes. */
    public static int timestamps(final long at, final int tsVal, final int tsEcr) {
        Memory.putIntBE(at, NOP << 24 | NOP << 16 | TIMESTAMPS);
        Memory.putIntBE(at + 4, tsVal);
        Memory.putIntBE(at + 8, tsEcr);
        return TIMESTAMPS_LENGTH;
    }

    /** Head of a SACK option for {@code blocks} blocks, two NOPs before it: 4 bytes; the blocks follow. */
    public static int sackHead(final long at, final int blocks) {
        Memory.putIntBE(at, SACK | 2 + blocks * 8);
        return 4;
    }

    /** One SACK block: 8 bytes. */
    public static int sackBlock(final long at, final int left, final int right) {
        Memory.putIntBE(at, left);
        Memory.putIntBE(at + 4, right);
        return 8;
    }
}
