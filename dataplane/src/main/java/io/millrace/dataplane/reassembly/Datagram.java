package io.millrace.dataplane.reassembly;

/**
 * One datagram under way: who it belongs to, the frame that its payload is copied into, and which bytes are there.
 *
 * <p>Since fragments never overlap (one that does costs the datagram), it is whole when the bytes that are there are as
 * many as its length. Owned by the reassembler's thread; allocates its list of fragments once.
 */
final class Datagram {
    /** What became of a fragment's range. */
    enum Fit {
        NEW,
        DUPLICATE,
        OVERLAP,
        TOO_MANY
    }

    private static final int UNKNOWN = -1;

    private final int[] starts;
    private final int[] ends;

    long sourceHi;
    long sourceLo;
    long destinationHi;
    long destinationLo;
    /** Identification; for IPv4 with the protocol above it (RFC 791 §3.2), for IPv6 all 32 bits. */
    int identification;

    boolean ipv6;
    /** The frame; 0 in a datagram that was discarded and is remembered only to refuse what still comes of it. */
    long frame;

    long deadlineNanos;
    /** Bytes of the headers before the first fragment's payload, 0 as long as it is not there. */
    int headerLength;
    /** The first fragment's meta. */
    int firstMeta;
    /** A bit for each ECN codepoint seen. */
    int ecnSeen;

    private int fragments;
    private int received;
    private int length;
    private int end;

    Datagram(final int maxFragments) {
        starts = new int[maxFragments];
        ends = new int[maxFragments];
    }

    /** Begins a new one in this place; its identity is set by the caller. */
    void begin(final long newFrame, final long deadline) {
        frame = newFrame;
        deadlineNanos = deadline;
        headerLength = 0;
        ecnSeen = 0;
        fragments = 0;
        received = 0;
        length = UNKNOWN;
        end = 0;
    }

    /** Notes that the bytes from {@code start} to before {@code stop} are there, if nothing speaks against it. */
    Fit add(final int start, final int stop, final boolean last) {
        for (int i = 0; i < fragments; i++) {
            if (starts[i] < stop && start < ends[i]) {
                final boolean same = starts[i] == start && ends[i] == stop && last == (stop == length);
                return same ? Fit.DUPLICATE : Fit.OVERLAP;
            }
        }
        // Bytes behind the end, or two different ends: as senseless as an overlap, and as dangerous.
        if (length != UNKNOWN && (last || stop > length) || last && end > stop) {
            return Fit.OVERLAP;
        }
        if (fragments == starts.length) {
            return Fit.TOO_MANY;
        }
        starts[fragments] = start;
        ends[fragments] = stop;
        fragments++;
        received += stop - start;
        end = Math.max(end, stop);
        if (last) {
            length = stop;
        }
        return Fit.NEW;
    }

    /** Whether every byte is there. */
    boolean isWhole() {
        return received == length;
    }

    /** Bytes of the whole payload; only when it is whole. */
    int length() {
        return length;
    }

    /** Fragments taken in. */
    int fragments() {
        return fragments;
    }

    /** Where the fragment that began at 0 ended; only when it is there. */
    int firstEnd() {
        for (int i = 0; i < fragments; i++) {
            if (starts[i] == 0) {
                return ends[i];
            }
        }
        return 0;
    }
}
