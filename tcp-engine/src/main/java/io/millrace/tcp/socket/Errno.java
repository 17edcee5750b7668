package io.millrace.tcp.socket;

import io.millrace.tcp.NetworkError;

/** The errors of socket calls, with Linux's names and numbers (x86-64, arm64). */
public enum Errno {
    EIO(5),
    EBADF(9),
    EAGAIN(11),
    EACCES(13),
    EINVAL(22),
    EPIPE(32),
    ENONET(64),
    EPROTO(71),
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
    EHOSTDOWN(112),
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

    /** What Linux makes of it: {@code icmp_err_convert}, {@code icmpv6_err_convert}. */
    static Errno of(final NetworkError error) {
        return switch (error) {
            case NETWORK_UNREACHABLE -> ENETUNREACH;
            case HOST_UNREACHABLE -> EHOSTUNREACH;
            case PROTOCOL_UNREACHABLE -> ENOPROTOOPT;
            case PORT_UNREACHABLE -> ECONNREFUSED;
            case SOURCE_ROUTE_FAILED -> EOPNOTSUPP;
            case HOST_UNKNOWN -> EHOSTDOWN;
            case HOST_ISOLATED -> ENONET;
            case PROHIBITED -> EACCES;
            case PARAMETER_PROBLEM -> EPROTO;
        };
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
