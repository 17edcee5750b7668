package io.millrace.tcp;

/**
 * Code that lives on a shard's thread for as long as the engine runs. One instance a shard; every method runs on that
 * shard's thread and must not block.
 */
public interface TcpApplication {
    /** Called once before the first frame: the place to listen. */
    void onStart(TcpLoop loop);

    /**
     * Called once every duty cycle, after the frames of the burst: the place to open connections.
     *
     * @return how much was done; 0 lets the thread idle.
     */
    default int doWork(final TcpLoop loop) {
        return 0;
    }

    /** Called once, after the last frame, when every connection is over: the last call of all. */
    default void onStop(final TcpLoop loop) {}
}
