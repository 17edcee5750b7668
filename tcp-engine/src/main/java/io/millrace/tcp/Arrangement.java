package io.millrace.tcp;

/** How the polling threads of an engine share the work. */
public enum Arrangement {
    /** Run to completion where each shard can have a queue pair of its own, else the pipeline. */
    AUTO,
    /** One IO core between the port and the shards, with rings to and from each shard. */
    PIPELINE,
    /** Each shard polls a queue pair of its own. */
    RUN_TO_COMPLETION
}
