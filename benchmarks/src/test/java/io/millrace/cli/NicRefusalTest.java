package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How {@code serve} and {@code doctor} say that DPDK can't have a NIC, in the virtual machine of {@code scripts/test-nic}:
 * there two NICs are behind one bridge, 02:01.0 and 02:02.0 or whatever number it has, and the kernel's e1000 has them.
 */
class NicRefusalTest {
    private static final Path DEVICES = Path.of("/sys/bus/pci/devices");
    private static final Path DRIVERS = Path.of("/sys/bus/pci/drivers");

    @Test
    @Tag("nic")
    void shouldSayThatTheKernelHasTheDevice() throws IOException {
        final String nic = behindTheBridge(1);
        assertRefused(nic, "the device belongs to driver e1000;", "dpdk-devbind.py -b vfio-pci " + nic);
    }

    @Test
    @Tag("nic")
    void shouldSayWhichDeviceMakesTheGroupNotViable() throws IOException {
        final String nic = behindTheBridge(1);
        final String neighbor = behindTheBridge(2);
        handTo("vfio-pci", nic);
        try {
            assertRefused(nic, "is not viable: it also has " + neighbor + " (driver e1000)");
        } finally {
            handTo("e1000", nic);
        }
    }

    @Test
    @Tag("nic")
    void shouldNameTheNicsWhereThereIsNoSuchDevice() throws IOException {
        assertRefused("0000:7f:00.0", "there is no such PCI device", behindTheBridge(1) + " (e1000, IOMMU group ");
    }

    @Test
    @Tag("nic")
    void shouldSayThatThereIsNoIommu() throws IOException {
        assertRefused(withoutIommu(), "there is no IOMMU before it, or it is off", "intel_iommu=on");
    }

    private static void assertRefused(final String nic, final String... words) {
        final StringWriter errors = new StringWriter();
        final String[] serve = {"serve", "--port", nic, "--address", "10.9.0.1/24", "--app", "echo:7"};
        final int exitCode = Millrace.run(serve, new PrintWriter(new StringWriter()), new PrintWriter(errors));
        System.out.print(errors);
        assertThat(exitCode).isEqualTo(Millrace.BAD_INPUT);
        assertThat(errors.toString().lines())
                .singleElement()
                .asString()
                .contains(words)
                .contains(nic);

        final StringWriter said = new StringWriter();
        final String[] doctor = {"doctor", "--port", nic};
        assertThat(Millrace.run(doctor, new PrintWriter(said), new PrintWriter(errors)))
                .isEqualTo(Millrace.FAILED);
        assertThat(said.toString().lines().filter(line -> line.startsWith("BAD ")))
                .singleElement()
                .asString()
                .contains(words);
    }

    private static String behindTheBridge(final int slot) throws IOException {
        try (var devices = Files.list(DEVICES)) {
            return devices.map(device -> device.getFileName().toString())
                    .filter(name -> !name.startsWith("0000:00:") && name.endsWith(":0" + slot + ".0"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** The NIC on a root bus that the IOMMU doesn't cover. */
    private static String withoutIommu() throws IOException {
        try (var devices = Files.list(DEVICES)) {
            return devices.filter(device -> !Files.exists(device.resolve("iommu_group")))
                    .filter(NicRefusalTest::isEthernet)
                    .findFirst()
                    .orElseThrow()
                    .getFileName()
                    .toString();
        }
    }

    private static boolean isEthernet(final Path device) {
        try {
            return Files.readString(device.resolve("class")).startsWith("0x0200");
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void handTo(final String driver, final String nic) throws IOException {
        Files.writeString(DEVICES.resolve(nic).resolve("driver_override"), driver);
        Files.writeString(DEVICES.resolve(nic).resolve("driver").resolve("unbind"), nic);
        Files.writeString(Path.of("/sys/bus/pci/drivers_probe"), nic);
        assertThat(DRIVERS.resolve(driver).resolve(nic)).exists();
    }
}
