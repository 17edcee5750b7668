package io.millrace.bench.run;

import io.millrace.dataplane.counters.Counter;
import java.util.Map;

/**
 * What holding connections took of the server. Immutable.
 *
 * @param wanted connections that were to be held.
 * @param before the nodes before any was open.
 * @param first the nodes when all were, and measuring began.
 * @param last the end of the measured time.
 * @param drained the nodes after all were let go; {@code last} where that was not to be.
 */
record HeldFigures(int wanted, Moment before, Moment first, Moment last, Moment drained) {
    /** Connections the server held at the end of the measured time. */
    long held() {
        return last.server().counter(Counter.CONNECTIONS);
    }

    /** Connections of those held that were still open then, as the generator has it. */
    long open() {
        return last.generator().load().held().open();
    }

    /** Those that were let go after it, and have ended in order. */
    long closed() {
        return drained.generator().load().held().closed();
    }

    /** Those that ended otherwise, at any time. */
    long lost() {
        return drained.generator().load().held().lost();
    }

    /** Memory off the heap that the server's connections take, their share of the index included, bytes. */
    long tableBytes() {
        return last.server().counter(Counter.CONNECTION_BYTES);
    }

    /** By how much the memory of the server's process has grown while they were opened, by the kernel's account, bytes. */
    long residentBytes() {
        return first.server().process().residentBytes()
                - before.server().process().residentBytes();
    }

    /** By how much the server's heap has grown since before any was open, bytes; garbage included. */
    long heapBytes() {
        return last.server().process().heapBytes() - before.server().process().heapBytes();
    }

    /** Blocks of send and receive buffers that the server has in use. */
    long bufferBlocks() {
        return last.server().counter(Counter.BUFFER_BLOCKS);
    }

    /** The figures by the names they have in the JSON. */
    Map<String, Object> toMap() {
        return ResultJson.ordered(
                "wanted", wanted,
                "open", open(),
                "at_server", held(),
                "lost", lost(),
                "closed_in_order", closed(),
                "table_bytes", tableBytes(),
                "resident_growth_bytes", residentBytes(),
                "heap_growth_bytes", heapBytes(),
                "buffer_blocks", bufferBlocks());
    }
}
