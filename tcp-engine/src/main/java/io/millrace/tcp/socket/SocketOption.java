package io.millrace.tcp.socket;

import java.util.Arrays;
import java.util.Optional;

/** The options that a socket has, with Linux's names, numbers and limits: {@code socket(7)}, {@code tcp(7)}, {@code ipv6(7)}. */
public enum SocketOption {
    /** Others may bind the port too, as long as nobody listens; on by itself. */
    SO_REUSEADDR(Level.SOCKET, 2, 0, 1),
    /** 1, a stream. */
    SO_TYPE(Level.SOCKET, 3),
    /** The pending error, told once. */
    SO_ERROR(Level.SOCKET, 4),
    /** Send buffer; as Linux does, twice the value set is told. */
    SO_SNDBUF(Level.SOCKET, 7, Integer.MIN_VALUE, Integer.MAX_VALUE),
    /** Receive buffer; as Linux does, twice the value set is told. */
    SO_RCVBUF(Level.SOCKET, 8, Integer.MIN_VALUE, Integer.MAX_VALUE),
    /** Keep-alive. */
    SO_KEEPALIVE(Level.SOCKET, 9, 0, 1),
    /** Two values: on or off, and for how many seconds close waits; 0 seconds resets. */
    SO_LINGER(Level.SOCKET, 13, 0, 1),
    /** Others that have it too may listen on the port, each on another address or any. */
    SO_REUSEPORT(Level.SOCKET, 15, 0, 1),
    /** Two values, seconds and microseconds: how long reading and accepting wait; 0 for ever. */
    SO_RCVTIMEO(Level.SOCKET, 20, 0, Integer.MAX_VALUE),
    /** Two values, seconds and microseconds: how long writing and connecting wait; 0 for ever. */
    SO_SNDTIMEO(Level.SOCKET, 21, 0, Integer.MAX_VALUE),
    /** Whether it listens. */
    SO_ACCEPTCONN(Level.SOCKET, 30),
    /** 6, TCP. */
    SO_PROTOCOL(Level.SOCKET, 38),
    /** 2 for IPv4, 10 for IPv6. */
    SO_DOMAIN(Level.SOCKET, 39),
    /** Small segments are not held back. */
    TCP_NODELAY(Level.TCP, 1, 0, 1),
    /** The MSS, bytes. */
    TCP_MAXSEG(Level.TCP, 2, 0, 32_767),
    /** Segments that are not full are held back, for 200 ms at most. */
    TCP_CORK(Level.TCP, 3, 0, 1),
    /** Silence before keep-alive begins, s. */
    TCP_KEEPIDLE(Level.TCP, 4, 1, 32_767),
    /** Between keep-alive's probes, s. */
    TCP_KEEPINTVL(Level.TCP, 5, 1, 32_767),
    /** Probes before the connection is given up. */
    TCP_KEEPCNT(Level.TCP, 6, 1, 127),
    /** Retransmissions of a SYN. */
    TCP_SYNCNT(Level.TCP, 7, 1, 127),
    /** How long FIN_WAIT_2 lasts after close, s; negative not at all, 0 the default. */
    TCP_LINGER2(Level.TCP, 8, Integer.MIN_VALUE, Integer.MAX_VALUE),
    /** The first four bytes of Linux's {@code struct tcp_info}: the state in the lowest. */
    TCP_INFO(Level.TCP, 11),
    /** How long something may stay unacknowledged, ms; 0 leaves it to the retransmissions. */
    TCP_USER_TIMEOUT(Level.TCP, 18, 0, Integer.MAX_VALUE),
    /** An IPv6 socket takes no IPv4. */
    IPV6_V6ONLY(Level.IPV6, 26, 0, 1);

    /** Linux's numbers of levels. */
    private static final class Level {
        static final int SOCKET = 1;
        static final int TCP = 6;
        static final int IPV6 = 41;
    }

    private final int level;
    private final int number;
    private final int minimum;
    private final int maximum;

    /** One that can only be read. */
    SocketOption(final int level, final int number) {
        this(level, number, 1, 0);
    }

    SocketOption(final int level, final int number, final int minimum, final int maximum) {
        this.level = level;
        this.number = number;
        this.minimum = minimum;
        this.maximum = maximum;
    }

    /** The option with Linux's numbers; empty if a socket has no such option. */
    public static Optional<SocketOption> of(final int level, final int number) {
        return Arrays.stream(values())
                .filter(option -> option.level == level && option.number == number)
                .findFirst();
    }

    /** Whether a socket has options of this level at all: to ask for others is EOPNOTSUPP, as Linux has it. */
    public static boolean isLevel(final int level) {
        return Arrays.stream(values()).anyMatch(option -> option.level == level);
    }

    /** Whether setting it takes two values. */
    public boolean hasTwoValues() {
        return this == SO_LINGER || this == SO_RCVTIMEO || this == SO_SNDTIMEO;
    }

    boolean isReadOnly() {
        return minimum > maximum;
    }

    /** On or off: whatever is not 0 is on. */
    boolean isFlag() {
        return minimum == 0 && maximum == 1;
    }

    boolean admits(final int value) {
        return isFlag() || value >= minimum && value <= maximum;
    }
}
