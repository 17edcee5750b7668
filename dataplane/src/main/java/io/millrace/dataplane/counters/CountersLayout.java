package io.millrace.dataplane.counters;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Layout of a counters file, version {@value #VERSION}; all numbers little-endian.
 *
 * <pre>
 *  0   8 bytes  magic, "MILLRACE" in ASCII; written last, so a file without it is not ready
 *  8   int      version of the layout
 *  12  int      number of counters in a block
 *  16  int      number of blocks so far; grows
 *  20  int      bytes of a block
 *  24  int      offset of the first block; the others follow
 *  28  int      offset of the names
 *  32  int      bytes of the names
 *  36  int      number of figures so far; grows
 *  40  long     process id of the writer
 *  48  long     start of the writer, milliseconds since 1970
 *  56  int      offset of the first figure; the others follow
 *  60  int      number of rows of listeners so far; grows
 *  64  int      offset of the first row of a listener; the others follow
 *  68  int      bytes of such a row
 *  72  int      number of counters in such a row
 *  names        UTF-8 lines, each ended by a line feed: for each counter NAME, TAB, Linux's name or nothing, TAB, sentence;
 *               first those of the blocks, then those of the listeners
 *  figures      128 bytes each: a long, the value; then its owner, TAB, its name, in UTF-8 filled up with zeros
 *  listeners    256 bytes each: a long, 0 where nobody has the row, else a number that no other listener ever has; 120
 *               bytes for the thread, TAB, the local address and port, in UTF-8 filled up with zeros; then one aligned long
 *               for each counter, in the order of their names
 *  blocks       128 bytes for the name of the thread, in UTF-8 filled up with zeros; then one aligned long for each
 *               counter, in the order of the names
 * </pre>
 */
final class CountersLayout {
    static final int VERSION = 3;
    static final long MAGIC = 0x4543_4152_4c4c_494dL;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int COUNTER_COUNT_OFFSET = 12;
    static final int BLOCK_COUNT_OFFSET = 16;
    static final int BLOCK_LENGTH_OFFSET = 20;
    static final int BLOCKS_OFFSET_OFFSET = 24;
    static final int NAMES_OFFSET_OFFSET = 28;
    static final int NAMES_LENGTH_OFFSET = 32;
    static final int FIGURE_COUNT_OFFSET = 36;
    static final int PROCESS_ID_OFFSET = 40;
    static final int START_OFFSET = 48;
    static final int FIGURES_OFFSET_OFFSET = 56;
    static final int LISTENER_COUNT_OFFSET = 60;
    static final int LISTENERS_OFFSET_OFFSET = 64;
    static final int LISTENER_LENGTH_OFFSET = 68;
    static final int LISTENER_COUNTER_COUNT_OFFSET = 72;
    static final int HEADER_LENGTH = 128;

    /** Bytes of a block before its counters. */
    static final int BLOCK_NAME_LENGTH = 128;

    /** Bytes of a block. */
    static final int BLOCK_LENGTH = BLOCK_NAME_LENGTH + CounterBlock.LENGTH;

    /** Room for so many threads. A page that nobody writes takes no memory. */
    static final int MAX_BLOCKS = 256;

    /** Bytes of a figure. */
    static final int FIGURE_LENGTH = 128;

    /** Offset of a figure's name in it. */
    static final int FIGURE_NAME_OFFSET = 8;

    /** Room for so many figures. */
    static final int MAX_FIGURES = 4096;

    /** Bytes of a listener's row. */
    static final int LISTENER_LENGTH = 256;

    /** Offset of a listener's name in its row. */
    static final int LISTENER_NAME_OFFSET = 8;

    /** Bytes of a listener's name. */
    static final int LISTENER_NAME_LENGTH = 120;

    /** Offset of a listener's counters in its row. */
    static final int LISTENER_VALUES_OFFSET = LISTENER_NAME_OFFSET + LISTENER_NAME_LENGTH;

    /** Room for so many listeners, each of them once for each thread. */
    static final int MAX_LISTENERS = 1 << 14;

    /** Figures, listeners and blocks start at a multiple of this, which is a page. */
    static final int ALIGNMENT = 4096;

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private CountersLayout() {}
}
