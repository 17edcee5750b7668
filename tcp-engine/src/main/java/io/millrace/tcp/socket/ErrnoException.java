package io.millrace.tcp.socket;

import java.io.IOException;

/** A socket call has failed. */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1;

    private final Errno errno;

    ErrnoException(final Errno errno) {
        super(errno.name());
        this.errno = errno;
    }

    ErrnoException(final Errno errno, final Throwable cause) {
        super(errno.name() + ": " + cause.getMessage(), cause);
        this.errno = errno;
    }

    /** How. */
    public Errno errno() {
        return errno;
    }
}
