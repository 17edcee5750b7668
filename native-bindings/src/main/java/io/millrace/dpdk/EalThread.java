package io.millrace.dpdk;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * DPDK's first thread: EAL pins whoever starts it, and threads started from there inherit that, so it gets a thread
 * that does nothing else. A daemon; sleeps between tasks.
 */
final class EalThread implements AutoCloseable {
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        final Thread thread = new Thread(task, "millrace-eal");
        thread.setDaemon(true);
        return thread;
    });

    /** Runs a task there and waits for its end; what it throws is thrown here. */
    void run(final Runnable task) {
        boolean interrupted = false;
        try {
            final var result = executor.submit(task);
            while (true) {
                try {
                    result.get();
                    return;
                } catch (final InterruptedException e) {
                    interrupted = true; // a native call under way cannot be broken off
                } catch (final ExecutionException e) {
                    throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
