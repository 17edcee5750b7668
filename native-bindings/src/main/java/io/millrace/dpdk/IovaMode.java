package io.millrace.dpdk;

import java.util.Locale;

/** How devices address memory. */
public enum IovaMode {
    /** By virtual address: virtual devices, and PCI behind an IOMMU (vfio-pci). The default. */
    VA,
    /** By physical address: {@code uio_pci_generic}, VFIO without IOMMU. Root only. */
    PA;

    /** As {@code --iova-mode} wants it. */
    String argument() {
        return name().toLowerCase(Locale.ROOT);
    }
}
