package io.millrace.bench.run;

/** What the parent may write on a node's standard input, a word a line; each is answered by one {@link NodeReport}. */
public final class NodeCommand {
    /** Begin to open connections. */
    public static final String START = "start";
    /** Tell the figures. */
    public static final String SAMPLE = "sample";
    /** Tell the figures and the polling threads, begin the total latency anew, and record from now on, if that is wanted. */
    public static final String MARK = "mark";
    /** Open no more connections; answer when those under way have ended, or after two seconds. */
    public static final String STOP = "stop";

    private NodeCommand() {}
}
