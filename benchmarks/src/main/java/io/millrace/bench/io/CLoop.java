package io.millrace.bench.io;

import io.millrace.bench.reference.CProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The same loop in C. One thread; control path.
 *
 * @param program {@code loop.c}.
 */
record CLoop(CProgram program) {
    /** Builds it. */
    static CLoop build() throws IOException, InterruptedException {
        return new CLoop(CProgram.buildBeside(CLoop.class, "loop"));
    }

    boolean isThere() {
        return program.isThere();
    }

    /** What built it, or why there is none. */
    String compiler() {
        return program.compiler();
    }

    /** The command that measures once. */
    List<String> command(final IoTask task) {
        final List<String> command = new ArrayList<>(List.of(
                program.file().toString(),
                task.device().toString(),
                String.valueOf(task.cpu()),
                String.valueOf(task.burst()),
                String.valueOf(task.framesFirst()),
                String.valueOf(IoPlan.FRAME_BYTES),
                String.valueOf(task.warmUpMillis()),
                String.valueOf(task.measureMillis())));
        final String prefix = "millrace-io-" + ProcessHandle.current().pid();
        command.addAll(task.ealOptions(prefix).arguments());
        return command;
    }
}
