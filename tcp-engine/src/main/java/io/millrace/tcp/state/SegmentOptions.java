package io.millrace.tcp.state;

import io.millrace.memory.Memory;

/**
 * The options of one segment (RFC 9293 §3.2, RFC 7323, RFC 2018). Owned by the {@link Segment} it belongs to; allocates
 * nothing. A malformed list ends the parsing, never more: what was read until then counts.
 */
public final class SegmentOptions {
    /** No window scale option was there. */
    public static final int NO_WINDOW_SCALE = -1;

    private static final int END_OF_LIST = 0;
    private static final int NO_OPERATION = 1;
    private static final int MSS = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;
    /** NOP, NOP, kind 8, length 10: how nearly every segment with timestamps begins its options (RFC 7323 appendix A). */
    private static final int ALIGNED_TIMESTAMPS = 0x0101_080a;

    private static final int ALIGNED_TIMESTAMPS_LENGTH = 12;

    /** MSS, SACK-permitted, timestamps, NOP, window scale: how Linux writes them all into a SYN. */
    private static final int LINUX_SYN_LENGTH = 20;

    private static final int LINUX_SYN_FIRST = 0x0204;
    private static final int LINUX_SYN_SECOND = 0x0402_080a;
    private static final int LINUX_SYN_LAST = 0x0103_03;
    private static final int MAX_WINDOW_SCALE = 14;

    private int mss;
    private int windowScale;
    private boolean sackPermitted;
    private boolean timestamps;
    private int tsVal;
    private int tsEcr;
    private long sackAddress;
    private int sackBlocks;

    /** Reads the options in {@code from} (included) to {@code end} (excluded). */
    void parse(final long from, final long end, final boolean syn) {
        mss = 0;
        windowScale = NO_WINDOW_SCALE;
        sackPermitted = false;
        timestamps = false;
        sackBlocks = 0;
        if (end == from) {
            return;
        }
        if (end - from == ALIGNED_TIMESTAMPS_LENGTH && Memory.getIntBE(from) == ALIGNED_TIMESTAMPS) {
            readTimestamps(from + 4);
        } else if (!syn || end - from != LINUX_SYN_LENGTH || !readLinuxSyn(from)) {
            walk(from, end, syn);
        }
    }

    /** What the walk would find, in four comparisons; false if the options are others. */
    private boolean readLinuxSyn(final long from) {
        final int first = Memory.getIntBE(from);
        final int last = Memory.getIntBE(from + 16);
        if (first >>> 16 != LINUX_SYN_FIRST
                || Memory.getIntBE(from + 4) != LINUX_SYN_SECOND
                || last >>> 8 != LINUX_SYN_LAST) {
            return false;
        }
        mss = first & 0xffff;
        sackPermitted = true;
        readTimestamps(from + 8);
        windowScale = Math.min(last & 0xff, MAX_WINDOW_SCALE);
        return true;
    }

    private void walk(final long from, final long end, final boolean syn) {
        long at = from;
        while (at < end) {
            final int kind = Memory.getUnsignedByte(at);
            if (kind == END_OF_LIST) {
                return;
            }
            if (kind == NO_OPERATION) {
                at++;
                continue;
            }
            // RFC 9293 §3.2 MUST-7: an illegal length must be survived. Length 0 would loop, a long one would overrun.
            if (at + 1 >= end) {
                return;
            }
            final int length = Memory.getUnsignedByte(at + 1);
            if (length < 2 || at + length > end) {
                return;
            }
            read(kind, at, length, syn);
            at += length;
        }
    }

    private void read(final int kind, final long at, final int length, final boolean syn) {
        switch (kind) {
            case MSS -> {
                if (syn && length == 4) {
                    mss = Memory.getShortBE(at + 2);
                }
            }
            case WINDOW_SCALE -> {
                if (syn && length == 3) {
                    windowScale = Math.min(Memory.getUnsignedByte(at + 2), MAX_WINDOW_SCALE); // RFC 7323 §2.3
                }
            }
            case SACK_PERMITTED -> sackPermitted |= syn && length == 2;
            case SACK -> {
                if (!syn && length >= 10 && (length - 2) % 8 == 0) {
                    sackAddress = at + 2;
                    sackBlocks = (length - 2) / 8;
                }
            }
            case TIMESTAMPS -> {
                if (length == 10) {
                    readTimestamps(at + 2);
                }
            }
            default -> {} // RFC 9293 §3.2 MUST-6: an unknown option is skipped
        }
    }

    private void readTimestamps(final long at) {
        timestamps = true;
        tsVal = Memory.getIntBE(at);
        tsEcr = Memory.getIntBE(at + 4);
    }

    /** Maximum segment size, or 0 where the option is absent. */
    public int mss() {
        return mss;
    }

    /** Window shift, 0 to 14, or {@link #NO_WINDOW_SCALE}. */
    public int windowScale() {
        return windowScale;
    }

    /** SACK-permitted is there. */
    public boolean sackPermitted() {
        return sackPermitted;
    }

    /** Timestamps are there. */
    public boolean timestamps() {
        return timestamps;
    }

    /** TSval; means something only with {@link #timestamps()}. */
    public int tsVal() {
        return tsVal;
    }

    /** TSecr; means something only with {@link #timestamps()}. */
    public int tsEcr() {
        return tsEcr;
    }

    /** Number of SACK blocks, 0 to 4. */
    public int sackBlocks() {
        return sackBlocks;
    }

    /** Left edge of block {@code i}. */
    public int sackLeft(final int i) {
        return Memory.getIntBE(sackAddress + i * 8L);
    }

    /** Right edge of block {@code i}: the number after its last. */
    public int sackRight(final int i) {
        return Memory.getIntBE(sackAddress + i * 8L + 4);
    }
}
