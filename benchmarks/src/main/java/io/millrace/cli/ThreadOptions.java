package io.millrace.cli;

import io.millrace.bench.run.Threads;
import io.millrace.dataplane.core.IdleMode;
import io.millrace.linux.CpuAffinity;
import io.millrace.tcp.Arrangement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How both nodes of a benchmark share their work among polling threads; several arrangements are measured in turn. */
final class ThreadOptions {
    private static final long MOST = 64;

    @Option(
            names = "--shards",
            split = ",",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "Shards of the server; 1,2 measures both, beside each other (default: 1).")
    private List<Long> shards = List.of(1L);

    @Option(
            names = "--io-cores",
            converter = Quantity.Count.class,
            paramLabel = "N",
            description = "IO cores of the server's pipeline (default: 1 where it is one).")
    private Optional<Long> ioCores = Optional.empty();

    @Option(
            names = "--arrangement",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Of the server: auto, pipeline, run-to-completion, single-thread; several are measured beside each"
                            + " other (default: auto).")
    private List<String> arrangements = List.of("auto");

    @Option(
            names = "--server-cores",
            converter = CoreList.Converter.class,
            paramLabel = "LIST",
            description = "CPUs of the server's polling threads (default: the first ones this process may use).")
    private CoreList serverCores;

    @Option(
            names = "--generator-cores",
            converter = CoreList.Converter.class,
            paramLabel = "LIST",
            description =
                    "CPUs of the generator's polling threads: of several the first polls the port, and each other has a"
                            + " shard (default: the last one).")
    private CoreList generatorCores;

    /**
     * Adds a line for each thing that is wrong.
     *
     * @param sendsSyns whether the generator sends SYNs that no engine sends, for which more CPUs would be of no use.
     */
    void check(final List<String> errors, final boolean sendsSyns) {
        shards.forEach(number -> Checked.within(errors, "--shards", number, 1, MOST));
        ioCores.ifPresent(number -> Checked.within(errors, "--io-cores", number, 1, MOST));
        arrangements.forEach(arrangement -> EngineNames.checkArrangement(errors, arrangement));
        Optional.ofNullable(serverCores).ifPresent(c -> c.check(errors, "--server-cores", CpuAffinity.allowedCpus()));
        if (generatorCores != null && sendsSyns && generatorCores.cpus().size() > 2) {
            errors.add(
                    "--generator-cores: SYNs that no engine sends, and their answers, are all of the one thread that polls"
                            + " the port; give one CPU, or a second one for the engine's shard");
        } else if (generatorCores != null) {
            generatorCores.check(errors, "--generator-cores", CpuAffinity.allowedCpus());
        }
    }

    /** Adds a line where several are asked for; {@code why} there can be only one. */
    void checkOne(final List<String> errors, final String why) {
        if (shards.size() * arrangements.size() > 1) {
            errors.add("--shards and --arrangement: give one of each; " + why);
        }
    }

    /** Every arrangement with every number of shards. */
    List<Threads> toThreads() {
        final List<Threads> all = new ArrayList<>();
        for (final String arrangement : arrangements) {
            for (final long number : shards) {
                all.add(threads(arrangement, (int) number));
            }
        }
        return all;
    }

    private Threads threads(final String arrangement, final int number) {
        final List<Integer> cpus = new ArrayList<>(CpuAffinity.allowedCpus());
        final int wanted = serverThreads(arrangement, number);
        final boolean cpuEach = cpus.size() > wanted;
        return new Threads(
                number,
                ioCores.orElse(0L).intValue(),
                arrangement,
                cores(serverCores, cpuEach ? cpus.subList(0, wanted) : List.of()),
                cores(generatorCores, cpuEach ? List.of(cpus.getLast()) : List.of()),
                EngineNames.of(cpuEach ? IdleMode.BUSY : IdleMode.YIELD));
    }

    private int serverThreads(final String arrangement, final int number) {
        if (arrangement.equals(EngineNames.of(Arrangement.SINGLE_THREAD))) {
            return 1;
        }
        final boolean completes = arrangement.equals(EngineNames.of(Arrangement.RUN_TO_COMPLETION))
                || number == 1 && ioCores.isEmpty() && !arrangement.equals(EngineNames.of(Arrangement.PIPELINE));
        return completes ? number : number + ioCores.orElse(1L).intValue();
    }

    /** Where there are too few CPUs for all polling threads, the kernel places them. */
    private static List<Integer> cores(final CoreList given, final List<Integer> usual) {
        return given == null ? List.copyOf(usual) : given.cpus();
    }
}
