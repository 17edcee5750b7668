package io.millrace.tcp;

import io.millrace.dataplane.core.Conductor;
import io.millrace.dataplane.core.PollingThread;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Has things done by the polling threads of an engine; where the caller drives the engine, by driving it. Used by control
 * threads.
 */
final class EngineConductor implements Conductor {
    private static final long LOOK_NANOS = 20_000;
    /** Duty cycles after which a driven engine is taken not to bring something about any more. */
    private static final int MAX_CYCLES = 1 << 20;

    private final TcpEngine engine;
    private final boolean driven;

    /** For an engine that has threads, or is {@code driven} by its callers. */
    EngineConductor(final TcpEngine engine, final boolean driven) {
        this.engine = engine;
        this.driven = driven;
    }

    @Override
    public void run(final List<Command> commands) {
        if (!engine.isRunning()) {
            throw new IllegalStateException("not any more: the engine is closed, or has failed; see the log");
        }
        if (driven) {
            commands.forEach(command -> command.action().run());
            return;
        }
        PollingThread.refuse("this call");
        final List<CompletableFuture<Void>> done = new ArrayList<>();
        for (final Command command : commands) {
            final CompletableFuture<Void> future = new CompletableFuture<>();
            done.add(future);
            if (!command.queue().submit(() -> complete(future, command.action()))) {
                throw new IllegalStateException(command.queue().owner() + " has too many commands waiting");
            }
        }
        await("commands to polling threads", () -> done.stream().allMatch(CompletableFuture::isDone));
        try {
            done.forEach(CompletableFuture::join);
        } catch (final CompletionException e) {
            throw e.getCause() instanceof RuntimeException mistake ? mistake : e;
        }
    }

    private static void complete(final CompletableFuture<Void> future, final Runnable action) {
        try {
            action.run();
            future.complete(null);
        } catch (final RuntimeException e) {
            future.completeExceptionally(e);
        }
    }

    @Override
    public void await(final String what, final BooleanSupplier condition) {
        for (int cycle = 0; !condition.getAsBoolean(); cycle++) {
            if (driven && cycle < MAX_CYCLES) {
                engine.poll();
            } else if (!driven && engine.isRunning()) {
                LockSupport.parkNanos(LOOK_NANOS);
            } else {
                throw new IllegalStateException(
                        what + ": not any more, the engine is closed, has failed, or is stuck; see the log");
            }
        }
    }
}
