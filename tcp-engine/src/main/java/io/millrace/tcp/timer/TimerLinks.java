package io.millrace.tcp.timer;

/**
 * Where a record keeps its timer: the offsets of four ints, in bytes from the start of the record. The wheel owns their
 * contents; a record whose {@code bucket} is 0 is not scheduled, so a zeroed record is a valid one.
 *
 * @param previous slot before it in its bucket
 * @param next slot after it in its bucket
 * @param bucket which bucket it is in, plus one; 0 when not scheduled
 * @param deadline tick at which it expires
 */
public record TimerLinks(int previous, int next, int bucket, int deadline) {
    /** The four ints one after the other. */
    public static TimerLinks at(final int offset) {
        return new TimerLinks(offset, offset + 4, offset + 8, offset + 12);
    }
}
