package io.millrace.bench.blast;

/** Where SYNs come from, one after the other: a cursor. One thread; allocates nothing. */
public interface Flows {
    /** Goes on to the next. */
    void next();

    /** First word of its address, as {@code IpAddress} has it. */
    long hi();

    /** Second word of its address. */
    long lo();

    /** Its port. */
    int port();

    /** Its first sequence number. */
    int sequence();
}
