package io.millrace.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGINT and SIGTERM into a call, and keeps the JVM alive until the main thread has ended its work in order.
 *
 * <p>The call comes from the JVM's shutdown hook; the process then ends with the exit code that the main thread has set.
 */
final class Interrupts implements AutoCloseable {
    /** What a shell reports of a process that an interrupt has ended: 128 + SIGINT. */
    static final int INTERRUPTED = 130;

    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Runnable handler;
    private final Thread hook = new Thread(this::onShutdown, "interrupts");
    private volatile boolean interrupted;
    private volatile int exitCode = INTERRUPTED;

    private Interrupts(final Runnable handler) {
        this.handler = handler;
    }

    /** Calls {@code handler} when the process is told to end, until this is closed. */
    static Interrupts handledBy(final Runnable handler) {
        final Interrupts interrupts = new Interrupts(handler);
        Runtime.getRuntime().addShutdownHook(interrupts.hook);
        return interrupts;
    }

    /** True once the process was told to end. */
    boolean interrupted() {
        return interrupted;
    }

    /** Sets the exit code of a process that was told to end; returns {@code code} for one that was not. */
    int exitCode(final int code) {
        exitCode = code;
        return code;
    }

    private void onShutdown() {
        interrupted = true;
        handler.run();
        try {
            if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("millrace: it did not end within " + PATIENCE_SECONDS + " s; given up");
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(exitCode);
    }

    /** The work is in order; lets the JVM end. */
    @Override
    public void close() {
        finished.countDown();
        if (interrupted) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            // the process is being told to end at this very moment: then the hook ends it
        }
    }
}
