package io.millrace.tcp;

/** How the polling threads of an engine share the work. */
public enum Arrangement {
    /** Run to completion where each shard can have queue pairs of its own, else the pipeline; on one CPU a single thread. */
    AUTO,
    /** IO cores between the ports and the shards, with rings to and from each shard. */
    PIPELINE,
    /** Each shard polls queue pairs of its own. */
    RUN_TO_COMPLETION,
    /** The IO core and every shard in turn on one thread: for small machines. */
    SINGLE_THREAD
}
