package io.millrace.tcp.socket;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells threads that wait for a socket that something has changed: a number that grows. Any thread; a shard that changes it
 * takes a lock only while somebody waits.
 */
final class Readiness {
    private final AtomicLong version = new AtomicLong();
    private final AtomicInteger waiters = new AtomicInteger();

    /** How often there was a change; to be read before looking at the socket. */
    long version() {
        return version.get();
    }

    /** Something has changed. */
    void change() {
        version.incrementAndGet();
        if (waiters.get() > 0) { // a waiter counts itself before it looks at the version
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** Waits for a change since {@code seen}, at most until {@code deadline}, as {@code System.nanoTime} counts; false then. */
    boolean await(final long seen, final long deadline) throws InterruptedException {
        waiters.incrementAndGet();
        try {
            synchronized (this) {
                while (version.get() == seen) {
                    final long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        return false;
                    }
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                }
            }
            return true;
        } finally {
            waiters.decrementAndGet();
        }
    }
}
