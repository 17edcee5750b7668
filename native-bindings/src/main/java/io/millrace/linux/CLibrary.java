package io.millrace.linux;

import java.lang.foreign.MemorySegment;

/**
 * The C library as C sees it: one method for each function. A failure comes back as the negative {@code errno}, the way
 * the kernel itself answers, so that no error state is shared between threads. Control path only.
 */
public interface CLibrary {
    /** The C library of this process. */
    static CLibrary get() {
        return FfmCLibrary.INSTANCE;
    }

    /** mmap(2): maps {@code length} bytes; the address, or {@code -errno}. */
    long mmap(long address, long length, int protection, int flags, int descriptor, long offset);

    /** munmap(2): removes a mapping; 0 or {@code -errno}. */
    int munmap(long address, long length);

    /** madvise(2): says how a mapping will be used; 0 or {@code -errno}. */
    int madvise(long address, long length, int advice);

    /** sched_setaffinity(2): which CPUs a thread may run on, 0 being the caller; 0 or {@code -errno}. */
    int schedSetaffinity(int thread, MemorySegment mask);

    /** sched_getaffinity(2): which CPUs a thread may run on, 0 being the caller; 0 or {@code -errno}. */
    int schedGetaffinity(int thread, MemorySegment mask);

    /** clock_gettime(2): seconds and nanoseconds as two longs into {@code timespec}; 0 or {@code -errno}. */
    int clockGettime(int clock, MemorySegment timespec);

    /** gettid(2): the kernel's number of the calling thread. */
    int gettid();

    /** strerror(3): the text for a (positive) error number. */
    String strerror(int errno);
}
