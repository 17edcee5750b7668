package io.millrace.tcp.isn;

/**
 * What is added to the clock to make a connection's TSval (RFC 7323 §5.4): the half of the tuple's {@link FlowPrf} value
 * that sequence numbers do not use. It hides the machine's up time and tells connections nothing about each other, and as
 * it is the same whenever the tuple is the same, nobody has to keep it and TSvals grow from one connection to the next.
 * Stateless; allocates nothing.
 */
public final class TimestampOffset {
    private TimestampOffset() {}

    /** The offset, in ticks of the timestamp clock, for the tuple with this {@link FlowPrf} value. */
    public static int of(final long prfOfTuple) {
        return (int) (prfOfTuple >>> 32);
    }
}
