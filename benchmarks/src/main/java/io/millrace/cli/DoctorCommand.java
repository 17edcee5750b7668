package io.millrace.cli;

import io.millrace.dataplane.core.CoreCheck;
import io.millrace.dataplane.core.IdleMode;
import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.DpdkException;
import io.millrace.dpdk.DpdkInstallation;
import io.millrace.dpdk.PciPreflight;
import io.millrace.linux.CpuAffinity;
import io.millrace.linux.CpuTopology;
import io.millrace.linux.HugePages;
import io.millrace.linux.ProcessPrivileges;
import java.io.PrintWriter;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace doctor}: looks over the machine, and says what to do about what is missing. */
@Command(
        name = "doctor",
        description = "Look over the machine: JDK, DPDK, huge pages, cores, privileges, NICs.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DoctorCommand implements Callable<Integer>, Checked {
    private static final long WANTED_HUGE_BYTES = 1L << 30;
    private static final long MEGABYTE = 1 << 20;

    @Option(
            names = "--cores",
            converter = CoreList.Converter.class,
            paramLabel = "LIST",
            description = "Also look at these CPUs as those of polling threads, as serve --cores has them.")
    private CoreList cores = CoreList.NONE;

    @Option(
            names = "--port",
            converter = Converters.Device.class,
            paramLabel = "DEVICE",
            description = "Also look whether DPDK can have this NIC, such as 0000:3b:00.0; repeatable.")
    private List<Devargs> ports = List.of();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private PrintWriter out;
    private boolean healthy = true;

    @Override
    public void check(final List<String> errors) {
        if (cores != null) {
            cores.check(errors, "--cores", CpuAffinity.allowedCpus());
        }
    }

    @Override
    public Integer call() {
        out = spec.commandLine().getOut();
        checkJdk();
        checkDpdk();
        checkHugePages();
        checkCores();
        checkPrivileges();
        checkNics();
        out.println(healthy ? "All is well." : "Something is missing: see the lines that do not begin with ok.");
        return healthy ? Millrace.OK : Millrace.FAILED;
    }

    private void checkJdk() {
        final int feature = Runtime.version().feature();
        tell(
                feature == 25,
                "JDK " + Runtime.version() + " in " + System.getProperty("java.home"),
                "use a JDK 25: set JAVA_HOME");
    }

    private void checkDpdk() {
        try {
            final DpdkInstallation dpdk = DpdkInstallation.find();
            tell(true, "DPDK with ABI " + dpdk.abi() + " in " + dpdk.directory(), "");
        } catch (final DpdkException e) {
            tell(false, "DPDK: " + e.getMessage(), "");
        }
    }

    private void checkHugePages() {
        final long free = HugePages.freeBytes();
        warn(
                free >= WANTED_HUGE_BYTES,
                "huge pages: " + free / MEGABYTE + " MB free",
                "reserve them (root: " + HugePages.commandToReserve(WANTED_HUGE_BYTES) + "), or use --no-huge");
    }

    private void checkCores() {
        final CoreCheck check = CoreCheck.ofThisMachine();
        warn(
                check.allowed().size() > 1,
                "CPUs this process may use: " + check.allowed(),
                "give it two or more: a polling thread takes a whole one");
        check.quota()
                .ifPresent(cpus -> warn(
                        cpus >= 2,
                        "CPU time the control group allows: %.1f CPUs".formatted(cpus),
                        "raise cpu.max: a polling thread takes a whole CPU"));
        final CpuTopology topology = check.topology();
        note("CPUs isolated (isolcpus=): " + topology.isolated() + ", free of timer ticks (nohz_full=): "
                + topology.tickless());
        note("CPUs of each core: " + Set.copyOf(topology.siblings().values()) + ", NUMA node of each CPU: "
                + topology.nodes());
        final List<CoreCheck.Poller> pollers = cores.cpus().stream()
                .map(cpu -> new CoreCheck.Poller("a thread", OptionalInt.of(cpu)))
                .toList();
        for (final CoreCheck.Finding finding : check.findings(pollers, List.of(), IdleMode.BUSY)) {
            print(finding.warning() ? "WARN" : "note", finding.line(), "");
        }
    }

    private void checkPrivileges() {
        final ProcessPrivileges privileges = ProcessPrivileges.ofThisProcess();
        warn(
                privileges.root(),
                "user: " + System.getProperty("user.name"),
                "only root may open packet sockets and reserve huge pages; PCI devices need access to /dev/vfio/*");
        final boolean unlimited = privileges.mayLock(Long.MAX_VALUE);
        warn(
                unlimited,
                "locked memory: " + (unlimited ? "unlimited" : privileges.lockedBytes() / 1024 + " KB"),
                "allow it for PCI devices: ulimit -l unlimited");
    }

    private void checkNics() {
        final PciPreflight pci = PciPreflight.ofThisMachine();
        final List<String> nics = pci.nics();
        note("NICs on the PCI bus: " + (nics.isEmpty() ? "none" : String.join(", ", nics)));
        for (final Devargs port : ports) {
            try {
                if (port.isPci()) {
                    pci.check(port);
                }
                tell(true, "port " + port, "");
            } catch (final DpdkException e) {
                tell(false, e.getMessage(), "");
            }
        }
    }

    private void tell(final boolean good, final String what, final String mend) {
        healthy &= good;
        print(good ? "ok  " : "BAD ", what, good ? "" : mend);
    }

    private void warn(final boolean good, final String what, final String mend) {
        print(good ? "ok  " : "WARN", what, good ? "" : mend);
    }

    private void note(final String what) {
        print("note", what, "");
    }

    private void print(final String verdict, final String what, final String mend) {
        out.println(verdict + " " + what + (mend.isEmpty() ? "" : ": " + mend));
    }
}
