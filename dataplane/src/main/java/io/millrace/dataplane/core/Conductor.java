package io.millrace.dataplane.core;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * How a control thread has things done by the polling threads, and waits for them. Who implements it knows whether they
 * run on threads of their own, or are driven by the caller.
 */
public interface Conductor {
    /** Has each command run on its polling thread; returns when all have. */
    void run(List<Command> commands);

    /**
     * Waits until {@code condition} holds, which the polling threads go on to bring about; it is asked again and again.
     *
     * @param what names the condition, should it have to be given up
     */
    void await(String what, BooleanSupplier condition);

    /** Asks each of some polling threads, by its number and on itself, until all say yes. */
    default void awaitEach(final String what, final List<CommandQueue> threads, final IntPredicate question) {
        final boolean[] yes = new boolean[threads.size()];
        final List<Command> questions = IntStream.range(0, yes.length)
                .mapToObj(i -> new Command(threads.get(i), () -> yes[i] = question.test(i)))
                .toList();
        await(what, () -> {
            run(questions);
            return IntStream.range(0, yes.length).allMatch(i -> yes[i]);
        });
    }

    /**
     * Something to be done on a polling thread.
     *
     * @param queue the thread's commands
     * @param action what to do
     */
    record Command(CommandQueue queue, Runnable action) {}

    /** While no polling thread runs yet: the control thread does it itself. */
    Conductor BEFORE_START = new Conductor() {
        @Override
        public void run(final List<Command> commands) {
            commands.forEach(command -> command.action().run());
        }

        @Override
        public void await(final String what, final BooleanSupplier condition) {
            if (!condition.getAsBoolean()) {
                throw new IllegalStateException(what + ": nobody runs who could bring it about");
            }
        }
    };
}
