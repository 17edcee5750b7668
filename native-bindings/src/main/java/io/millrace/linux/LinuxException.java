package io.millrace.linux;

/** A system call that failed: names the call, the errno's text and what to do. */
public final class LinuxException extends RuntimeException {
    private final int errno;

    /** A failure of {@code call} with a (positive) error number; {@code mend} says what to do. */
    public LinuxException(final String call, final int errno, final String mend) {
        super(call + ": " + CLibrary.get().strerror(errno) + " (errno " + errno + "); " + mend);
        this.errno = errno;
    }

    /** The (positive) error number. */
    public int errno() {
        return errno;
    }
}
