package io.millrace.memory;

/** The pages a {@link MemoryRegion} got. */
public enum PageKind {
    /** Reserved huge pages of 1 GB ({@code MAP_HUGETLB}). */
    HUGE_1G,
    /** Reserved huge pages of 2 MB ({@code MAP_HUGETLB}). */
    HUGE_2M,
    /** Ordinary memory for which the kernel uses huge pages by itself ({@code MADV_HUGEPAGE}). */
    TRANSPARENT,
    /** Ordinary pages of 4 KB. */
    NORMAL
}
