package io.millrace.memory;

/** The pages wanted for a {@link MemoryRegion}. What is not to be had becomes the next best, never an error. */
public enum PagePreference {
    /** Pages reserved for huge mappings, 1 GB or 2 MB. DPDK lives of the same reserve, so only for who asks. */
    RESERVED_HUGE,
    /** Transparent huge pages: the default. */
    TRANSPARENT,
    /** Ordinary pages: for what is large and sparsely touched. */
    NORMAL
}
