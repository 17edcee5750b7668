package io.millrace.tcp.table;

/** More of what is true of a connection, beside {@link TcbFlags}: bits of the byte that {@link Tcb#in} asks. */
public final class TcbModes {
    /** The congestion window was not used to the full when it was looked at last: it has not grown since. */
    public static final int APP_LIMITED = 1;

    private TcbModes() {}
}
