package io.millrace.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.linux.ProcessPrivileges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a tree of files as the kernel has them, with NICs in every state. */
class PciPreflightTest {
    private static final String NIC = "0000:3b:00.0";
    private static final String OTHER = "0000:3b:00.1";
    private static final long MEGABYTE = 1 << 20;
    private static final ProcessPrivileges ROOT = new ProcessPrivileges(true, true, 8 * MEGABYTE);
    private static final ProcessPrivileges USER = new ProcessPrivileges(false, false, Long.MAX_VALUE);

    @TempDir
    private Path root;

    @Test
    void shouldHaveNothingAgainstADeviceOfVfioInAGroupOfItsOwn() throws IOException {
        nic(NIC, "vfio-pci", "7");
        vfioFile("7");
        assertThatCode(() -> check(USER)).doesNotThrowAnyException();
    }

    @Test
    void shouldNameTheNicsThereAreWhereThatOneIsNot() throws IOException {
        nic(OTHER, "ixgbe", "8");
        refusal(ROOT)
                .hasMessageContaining("PCI device 0000:3b:00.0: there is no such PCI device")
                .hasMessageContaining("0000:3b:00.1 (ixgbe, IOMMU group 8)");
    }

    @Test
    void shouldSayHowToTakeADeviceFromTheKernel() throws IOException {
        nic(NIC, "ixgbe", "7");
        refusal(ROOT)
                .hasMessageContaining("the device belongs to driver ixgbe;")
                .hasMessageContaining("dpdk-devbind.py -b vfio-pci 0000:3b:00.0");
    }

    @Test
    void shouldSayThatThereIsNoIommu() throws IOException {
        nic(NIC, "ixgbe", "");
        refusal(ROOT)
                .hasMessageContaining("belongs to driver ixgbe, and there is no IOMMU before it, or it is off")
                .hasMessageContaining("intel_iommu=on");
    }

    @Test
    void shouldSayThatTheIommuIsMissingWhereNoDriverTookTheDevice() throws IOException {
        nic(NIC, "", "");
        refusal(ROOT)
                .hasMessageContaining("the device has no kernel driver, and there is no IOMMU before it")
                .hasMessageContaining("dpdk-devbind.py -b uio_pci_generic 0000:3b:00.0");
    }

    @Test
    void shouldRefuseVfioWithoutAnIommu() throws IOException {
        nic(NIC, "vfio-pci", "0");
        vfioFile("noiommu-0");
        refusal(ROOT).hasMessageContaining("PCI device 0000:3b:00.0: there is no IOMMU before it, or it is off");
    }

    @Test
    void shouldNameTheDevicesThatMakeAGroupNotViable() throws IOException {
        nic(NIC, "vfio-pci", "7");
        nic(OTHER, "ixgbe", "7");
        nic("0000:3a:00.0", "pcieport", "7");
        vfioFile("7");
        refusal(ROOT)
                .hasMessageContaining("IOMMU group 7 is not viable: it also has 0000:3b:00.1 (driver ixgbe);")
                .hasMessageContaining("dpdk-devbind.py -b vfio-pci 0000:3b:00.0 0000:3b:00.1");
    }

    @Test
    void shouldTakeAGroupWhoseOtherDevicesNobodyHas() throws IOException {
        nic(NIC, "vfio-pci", "7");
        nic(OTHER, "", "7");
        vfioFile("7");
        assertThatCode(() -> check(ROOT)).doesNotThrowAnyException();
    }

    @Test
    void shouldSayThatAContainerLacksTheGroupsFile() throws IOException {
        nic(NIC, "vfio-pci", "7");
        refusal(ROOT).hasMessageContaining("there is no /dev/vfio/7").hasMessageContaining("--device /dev/vfio/7");
    }

    @Test
    void shouldSayHowMuchMemoryAUserMayLock() throws IOException {
        nic(NIC, "vfio-pci", "7");
        vfioFile("7");
        assertThatThrownBy(() -> check(new ProcessPrivileges(false, false, 64 << 10)))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("may lock 64 KB of memory")
                .hasMessageContaining("ulimit -l unlimited");
        assertThatCode(() -> check(new ProcessPrivileges(false, false, 64 * MEGABYTE)))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldGiveUioToRootOnlyAndAddressPhysically() throws IOException {
        nic(NIC, "uio_pci_generic", "");
        assertThatCode(() -> check(ROOT)).doesNotThrowAnyException();
        assertThatThrownBy(() -> check(USER))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("uio_pci_generic gives the device to root only");
        assertThat(addressing(NIC)).isEqualTo(IovaMode.PA);
        assertThat(addressing(OTHER)).isEqualTo(IovaMode.VA);
    }

    @Test
    void shouldLeaveTheKernelsDriverWhereItWorksBesideDpdk() throws IOException {
        nic(NIC, "mlx5_core", "");
        assertThatCode(() -> check(USER)).doesNotThrowAnyException();
    }

    private IovaMode addressing(final String nic) {
        final EalOptions options =
                EalOptions.builder().device(Devargs.parse(nic)).build();
        return new PciPreflight(root, ROOT).addressing(options);
    }

    private void check(final ProcessPrivileges privileges) {
        new PciPreflight(root, privileges).check(Devargs.parse(NIC));
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refusal(final ProcessPrivileges privileges) {
        return assertThatThrownBy(() -> check(privileges)).isInstanceOf(DpdkException.class);
    }

    private void nic(final String address, final String driver, final String group) throws IOException {
        final Path device =
                Files.createDirectories(root.resolve("sys/bus/pci/devices").resolve(address));
        Files.writeString(device.resolve("class"), address.startsWith("0000:3a") ? "0x060400\n" : "0x020000\n");
        if (!driver.isEmpty()) {
            Files.createSymbolicLink(device.resolve("driver"), Path.of("../../../../bus/pci/drivers", driver));
        }
        if (!group.isEmpty()) {
            final Path members = Files.createDirectories(
                    root.resolve("sys/kernel/iommu_groups").resolve(group).resolve("devices"));
            Files.createDirectories(members.resolve(address));
            Files.createSymbolicLink(device.resolve("iommu_group"), members.getParent());
        }
    }

    private void vfioFile(final String group) throws IOException {
        Files.createDirectories(root.resolve("dev/vfio"));
        Files.createFile(root.resolve("dev/vfio").resolve(group));
    }
}
