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

    /** prctl(2): settings of the calling thread; its result, or {@code -errno}. */
    int prctl(int option, long argument);

    /** eventfd(2): a descriptor that carries a count from thread to thread; the descriptor, or {@code -errno}. */
    int eventfd(int initial, int flags);

    /** close(2): gives up a descriptor; 0 or {@code -errno}. */
    int close(int descriptor);

    /** read(2): bytes read, or -1; called often, so it keeps no errno and allocates nothing. */
    long read(int descriptor, long address, long length);

    /** write(2): bytes written, or -1; called often, so it keeps no errno and allocates nothing. */
    long write(int descriptor, long address, long length);

    /**
     * ppoll(2) with the signal mask as it is: how many descriptors are ready, 0 when the time is over, or -1, an interrupted
     * call among those; called often, so it keeps no errno and allocates nothing.
     */
    int ppoll(long descriptors, long count, long timespec);

    /** epoll_create1(2): a descriptor that watches others; the descriptor, or {@code -errno}. */
    int epollCreate1(int flags);

    /** epoll_ctl(2): what to watch; 0 or {@code -errno}. */
    int epollCtl(int epoll, int operation, int descriptor, MemorySegment event);

    /** epoll_wait(2): events written, or -1; called often, so it keeps no errno and allocates nothing. */
    int epollWait(int epoll, long events, int most, int millis);

    /** getsockname(2): what a socket is bound to, into {@code address} of {@code length} bytes; 0 or {@code -errno}. */
    int getsockname(int descriptor, MemorySegment address, MemorySegment length);

    /** if_nametoindex(3): the number of an interface in the calling thread's network namespace; 0 when there is none. */
    int ifNameToIndex(String name);

    /** strerror(3): the text for a (positive) error number. */
    String strerror(int errno);
}
