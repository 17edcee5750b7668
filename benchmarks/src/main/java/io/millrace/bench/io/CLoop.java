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
    List<String> command(final IoPlan plan) {
        final List<String> command = new ArrayList<>(List.of(
                program.file().toString(),
                plan.link().loop().name(),
                String.valueOf(plan.cpu()),
                String.valueOf(plan.burst()),
                String.valueOf(plan.framesUnderWay()),
                String.valueOf(IoPlan.FRAME_BYTES),
                String.valueOf(plan.warmUpMillis()),
                String.valueOf(plan.measureMillis())));
        final String prefix = "millrace-io-" + ProcessHandle.current().pid();
        command.addAll(IoNode.ealOptions(plan, prefix).arguments());
        return command;
    }
}
