package io.millrace.bench.reference;

import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.EalOptions;
import java.util.ArrayList;
import java.util.List;

/** The command lines of this room's programs over DPDK: their own words, then EAL's. Stateless. */
final class DpdkProgram {
    private DpdkProgram() {}

    /**
     * A command.
     *
     * @param role tells the files of EAL from the other process's.
     * @param words the program's own, a device of the form {@code net_memif0,key=value} among them.
     */
    static List<String> command(
            final CProgram program,
            final String role,
            final boolean hugePages,
            final Devargs port,
            final List<String> words) {
        final List<String> command = new ArrayList<>(List.of(program.file().toString()));
        command.addAll(words);
        command.addAll(EalOptions.builder()
                .filePrefix("millrace-c-" + role + "-" + ProcessHandle.current().pid())
                .hugePages(hugePages)
                .device(port)
                .build()
                .arguments());
        return command;
    }

    /** The CPU of a program's thread, as it is told. */
    static String cpu(final List<Integer> cores) {
        return String.valueOf(cores.isEmpty() ? -1 : cores.getFirst());
    }
}
