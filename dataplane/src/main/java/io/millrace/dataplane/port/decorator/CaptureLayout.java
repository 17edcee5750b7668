package io.millrace.dataplane.port.decorator;

/**
 * Layout of a {@link CaptureRing}, version {@value #VERSION}; all numbers in the machine's byte order.
 *
 * <pre>
 *  header   0   8 bytes  magic, "MRCAPTUR" in ASCII; written last, so a ring without it is not ready
 *           8   int      version of the layout
 *           12  int      number of lanes
 *           16  int      slots of a lane, a power of two
 *           20  int      bytes of a slot
 *           24  int      snap length: the most bytes kept of a frame
 *           28  int      number of interfaces
 *           32  long     process id of the writer
 *           40  long     start of the capture, nanoseconds since 1970
 *           48  long     offset of the first lane; the others follow
 *           56  int      bytes of the names
 *           60  int      frames the ring was asked to keep
 *           64  names    UTF-8 lines: for each interface name, TAB, description; for each lane the number of its interface;
 *                        then for each drop reason, from 1 on, the comment on a frame dropped for it
 *  lane     0   long     frames written: the count of slots ever begun and ended
 *           64  long     frames settled: those among them whose fate is known, so that no comment can follow
 *           128 slots
 *  slot     0   long     the lane's count of frames with this one; 0 while it is being written
 *           8   long     time, nanoseconds since 1970
 *           16  int      bytes of the frame
 *           20  int      bytes kept of it
 *           24  int      direction: 1 inbound, 2 outbound, as in pcapng's epb_flags
 *           28  int      drop reason, counted from 1; 0 for none
 *           32  bytes of the frame
 * </pre>
 */
final class CaptureLayout {
    static final int VERSION = 1;
    /** "MRCAPTUR" as it lies in the memory of a little-endian machine. */
    static final long MAGIC = 0x5255_5450_4143_524dL;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int LANES_OFFSET = 12;
    static final int SLOTS_OFFSET = 16;
    static final int SLOT_LENGTH_OFFSET = 20;
    static final int SNAP_OFFSET = 24;
    static final int INTERFACES_OFFSET = 28;
    static final int PROCESS_ID_OFFSET = 32;
    static final int START_OFFSET = 40;
    static final int FIRST_LANE_OFFSET = 48;
    static final int NAMES_LENGTH_OFFSET = 56;
    static final int KEEP_OFFSET = 60;
    static final int NAMES_OFFSET = 64;

    static final int LANE_WRITTEN_OFFSET = 0;
    static final int LANE_SETTLED_OFFSET = 64;
    static final int LANE_HEADER_LENGTH = 128;

    static final int SLOT_SEQUENCE_OFFSET = 0;
    static final int SLOT_TIME_OFFSET = 8;
    static final int SLOT_LENGTH_FIELD_OFFSET = 16;
    static final int SLOT_KEPT_OFFSET = 20;
    static final int SLOT_DIRECTION_OFFSET = 24;
    static final int SLOT_REASON_OFFSET = 28;
    static final int SLOT_DATA_OFFSET = 32;

    static final int INBOUND = 1;
    static final int OUTBOUND = 2;

    /** Lanes start at a multiple of this, which is a page. */
    static final int LANE_ALIGNMENT = 4096;

    private CaptureLayout() {}

    /** Bytes of a slot for frames of {@code snap} bytes: whole cache lines. */
    static int slotLength(final int snap) {
        return SLOT_DATA_OFFSET + snap + 63 & -64;
    }

    /** Bytes of a lane: whole pages. */
    static long laneLength(final int slots, final int slotLength) {
        return LANE_HEADER_LENGTH + (long) slots * slotLength + LANE_ALIGNMENT - 1 & -LANE_ALIGNMENT;
    }
}
