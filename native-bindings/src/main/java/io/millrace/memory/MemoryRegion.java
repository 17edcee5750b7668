package io.millrace.memory;

import io.millrace.linux.CLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A zeroed piece of memory outside the heap, at a fixed address that is a multiple of 64 bytes and more.
 *
 * <p>Any thread may make or close one; what is in it belongs to whoever made it. It costs address space when made and
 * real memory only where it is touched (but for {@link PagePreference#RESERVED_HUGE}, which is taken whole). Whoever
 * uses an address after {@link #close} crashes the JVM.
 */
public final class MemoryRegion implements AutoCloseable {
    private static final long HUGE_2M_BYTES = 2L << 20;
    private static final long HUGE_1G_BYTES = 1L << 30;
    private static final long SMALL_PAGE_BYTES = 4096;

    private static final int PROT_READ_WRITE = 0x1 | 0x2;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_NORESERVE = 0x4000;
    private static final int MAP_HUGETLB = 0x40000;
    private static final int MAP_HUGE_SHIFT = 26;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_POPULATE_WRITE = 23;

    private static final Path TRANSPARENT_SETTING = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    private final String name;
    private final long address;
    private final long size;
    private final long mappedAddress;
    private final long mappedSize;
    private final PageKind pageKind;
    private boolean closed;

    private MemoryRegion(
            final String name,
            final long address,
            final long size,
            final long mappedAddress,
            final long mappedSize,
            final PageKind pageKind) {
        this.name = name;
        this.address = address;
        this.size = size;
        this.mappedAddress = mappedAddress;
        this.mappedSize = mappedSize;
        this.pageKind = pageKind;
    }

    /** As {@link #allocate(String, long, PagePreference)} with transparent huge pages. */
    public static MemoryRegion allocate(final String name, final long bytes) {
        return allocate(name, bytes, PagePreference.TRANSPARENT);
    }

    /**
     * Maps a region of zeroed memory.
     *
     * @param name what it is for: said when there is no memory
     * @param bytes how much, more than 0
     * @throws OutOfMemoryError when the kernel gives no such range
     */
    public static MemoryRegion allocate(final String name, final long bytes, final PagePreference preference) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("memory for " + name + ": " + bytes + " bytes; must be more than 0");
        }
        if (preference == PagePreference.RESERVED_HUGE) {
            final MemoryRegion region = allocateReserved(name, bytes);
            if (region != null) {
                return region;
            }
        }
        return allocateOrdinary(name, bytes, preference != PagePreference.NORMAL && bytes >= HUGE_2M_BYTES);
    }

    private static MemoryRegion allocateReserved(final String name, final long bytes) {
        if (bytes >= HUGE_1G_BYTES) {
            final MemoryRegion region = allocateReserved(name, bytes, HUGE_1G_BYTES, PageKind.HUGE_1G);
            if (region != null) {
                return region;
            }
        }
        return allocateReserved(name, bytes, HUGE_2M_BYTES, PageKind.HUGE_2M);
    }

    private static MemoryRegion allocateReserved(
            final String name, final long bytes, final long pageSize, final PageKind kind) {
        final long length = roundUp(bytes, pageSize);
        final int sizeBits = Long.numberOfTrailingZeros(pageSize) << MAP_HUGE_SHIFT;
        // Without MAP_NORESERVE the kernel refuses now, instead of killing the process when a page is first touched.
        final long mapped = map(length, MAP_HUGETLB | sizeBits);
        return mapped < 0 ? null : new MemoryRegion(name, mapped, bytes, mapped, length, kind);
    }

    private static MemoryRegion allocateOrdinary(final String name, final long bytes, final boolean transparent) {
        final long alignment = transparent ? HUGE_2M_BYTES : SMALL_PAGE_BYTES;
        final long length = roundUp(bytes, SMALL_PAGE_BYTES) + alignment - SMALL_PAGE_BYTES;
        final long mapped = map(length, MAP_NORESERVE);
        if (mapped < 0) {
            throw new OutOfMemoryError("no " + bytes + " bytes of memory for " + name + ": mmap says "
                    + CLibrary.get().strerror((int) -mapped)
                    + "; configure smaller tables, or raise `ulimit -v` and vm.overcommit_memory");
        }
        final long address = roundUp(mapped, alignment);
        final boolean advised = transparent
                && transparentPagesAllowed()
                && CLibrary.get().madvise(address, roundUp(bytes, SMALL_PAGE_BYTES), MADV_HUGEPAGE) == 0;
        final PageKind kind = advised ? PageKind.TRANSPARENT : PageKind.NORMAL;
        return new MemoryRegion(name, address, bytes, mapped, length, kind);
    }

    private static long map(final long length, final int flags) {
        return CLibrary.get().mmap(0, length, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    }

    private static boolean transparentPagesAllowed() {
        try {
            return !Files.readString(TRANSPARENT_SETTING).contains("[never]");
        } catch (final IOException e) {
            return false; // a kernel built without them
        }
    }

    private static long roundUp(final long value, final long powerOfTwo) {
        return (value + powerOfTwo - 1) & -powerOfTwo;
    }

    /** What the region is for. */
    public String name() {
        return name;
    }

    /** Address of the first byte. */
    public long address() {
        return address;
    }

    /** Bytes asked for. */
    public long size() {
        return size;
    }

    /** The pages it got. */
    public PageKind pageKind() {
        return pageKind;
    }

    /**
     * Takes real memory for the whole region now, so that no later access waits for the kernel to clear a page; what is in
     * it stays. May take seconds for gigabytes.
     */
    public void prefault() {
        if (CLibrary.get().madvise(mappedStart(), size + address - mappedStart(), MADV_POPULATE_WRITE) == 0) {
            return;
        }
        // a kernel before 5.14
        for (long page = address; page < address + size; page += SMALL_PAGE_BYTES) {
            Memory.putByte(page, Memory.getByte(page));
        }
    }

    /** The start of the page that the region starts in. */
    private long mappedStart() {
        return address & -SMALL_PAGE_BYTES;
    }

    /** Gives the memory back; again is harmless. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            CLibrary.get().munmap(mappedAddress, mappedSize);
        }
    }

    @Override
    public String toString() {
        return name + ": " + size + " bytes of " + pageKind + " pages at 0x" + Long.toHexString(address);
    }
}
