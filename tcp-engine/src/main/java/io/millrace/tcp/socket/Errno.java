package io.millrace.tcp.socket;

/** The errors of socket calls, with Linux's names and numbers (x86-64, arm64). */
public enum Errno {
    EIO(5),
    EBADF(9),
    EAGAIN(11),
    EACCES(13),
    EINVAL(22),
    EPIPE(32),
    ENOPROTOOPT(92),
    EOPNOTSUPP(95),
    EAFNOSUPPORT(97),
    EADDRINUSE(98),
    EADDRNOTAVAIL(99),
    ENETDOWN(100),
    ENETUNREACH(101),
    ECONNABORTED(103),
    ECONNRESET(104),
    ENOBUFS(105),
    EISCONN(106),
    ENOTCONN(107),
    ETIMEDOUT(110),
    ECONNREFUSED(111),
    EHOSTUNREACH(113),
    EALREADY(114),
    EINPROGRESS(115);

    private final int number;

    Errno(final int number) {
        this.number = number;
    }

    /** Linux's number. */
    public int number() {
        return number;
    }

    /** An exception that says so. */
    public ErrnoException asException() {
        return new ErrnoException(this);
    }

    /** The answer of a call that failed so. */
    int answer() {
        return -number;
    }

    /** The error of a negative answer. */
    static Errno of(final int answer) {
        for (final Errno errno : values()) {
            if (errno.number == -answer) {
                return errno;
            }
        }
        throw new IllegalArgumentException("no error has the number " + -answer);
    }
}
