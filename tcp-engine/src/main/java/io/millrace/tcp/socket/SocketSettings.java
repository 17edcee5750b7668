package io.millrace.tcp.socket;

import io.millrace.tcp.ConnectionOptions;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What was set on one socket, and what follows from it. Guarded by the socket. */
final class SocketSettings {
    /** TCP_MIN_MSS, the least that TCP_MAXSEG takes. */
    private static final int MINIMUM_MSS = 88;
    /** TCP_FIN_TIMEOUT_MAX, s: what a longer TCP_LINGER2 becomes. */
    private static final int MAXIMUM_LINGER2 = 120;
    /** The MSS of a socket that is not connected. */
    private static final int DEFAULT_MSS = 536;

    private static final int MINIMUM_SEND_BUFFER = 4_608;
    private static final int MINIMUM_RECEIVE_BUFFER = 2_304;

    private final ConnectionOptions engine;
    private final Map<SocketOption, Integer> values = new EnumMap<>(SocketOption.class);
    private int lingerSeconds;
    private int receiveMicros;
    private int sendMicros;

    SocketSettings(final ConnectionOptions engine) {
        this.engine = engine;
    }

    /** What an accepted socket has from the one that listened. */
    SocketSettings inherited() {
        final SocketSettings copy = new SocketSettings(engine);
        copy.values.putAll(values);
        copy.lingerSeconds = lingerSeconds;
        copy.receiveMicros = receiveMicros;
        copy.sendMicros = sendMicros;
        return copy;
    }

    /** Sets an option that is not read-only; {@code second} is the second value, 0 where there is none. */
    void set(final SocketOption option, final int value, final int second) throws ErrnoException {
        if (!option.admits(value)) {
            throw new ErrnoException(Errno.EINVAL);
        }
        final int kept = option.isFlag() ? value == 0 ? 0 : 1 : value;
        switch (option) {
            case SO_SNDBUF -> values.put(option, doubled(value, MINIMUM_SEND_BUFFER, engine.sendBufferBytes()));
            case SO_RCVBUF -> values.put(option, doubled(value, MINIMUM_RECEIVE_BUFFER, engine.receiveBufferBytes()));
            case TCP_MAXSEG -> {
                if (value != 0 && value < MINIMUM_MSS) {
                    throw new ErrnoException(Errno.EINVAL);
                }
                values.put(option, value);
            }
            case TCP_LINGER2 -> values.put(option, Math.clamp(value, -1, MAXIMUM_LINGER2));
            case SO_LINGER -> {
                values.put(option, kept);
                lingerSeconds = Math.max(0, second);
            }
            case SO_RCVTIMEO -> {
                values.put(option, value);
                receiveMicros = microseconds(second);
            }
            case SO_SNDTIMEO -> {
                values.put(option, value);
                sendMicros = microseconds(second);
            }
            default -> values.put(option, kept);
        }
    }

    /** As Linux does: half of what is said goes for overhead, and the administrator's bound is kept silently. */
    private static int doubled(final int value, final int minimum, final int bound) {
        final int bytes = value < 0 ? bound : Math.min(value, bound);
        return Math.max(2 * bytes, minimum);
    }

    private static int microseconds(final int value) throws ErrnoException {
        if (value < 0 || value >= 1_000_000) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return value;
    }

    /** The value of an option that the settings alone decide. */
    int get(final SocketOption option) {
        final Integer set = values.get(option);
        return switch (option) {
            case SO_REUSEADDR -> set == null ? 1 : set;
            case SO_SNDBUF -> set == null ? 2 * engine.sendBufferBytes() : set;
            case SO_RCVBUF -> set == null ? 2 * engine.receiveBufferBytes() : set;
            case TCP_MAXSEG -> set == null || set == 0 ? DEFAULT_MSS : set;
            case TCP_KEEPIDLE -> set == null ? engine.keepAliveIdleMs() / 1_000 : set;
            case TCP_KEEPINTVL -> set == null ? engine.keepAliveIntervalMs() / 1_000 : set;
            case TCP_KEEPCNT -> set == null ? engine.keepAliveProbes() : set;
            case TCP_SYNCNT -> set == null ? engine.synRetries() : set;
            case TCP_LINGER2 -> set == null || set == 0 ? engine.finWait2Ms() / 1_000 : set;
            default -> set == null ? 0 : set;
        };
    }

    boolean is(final SocketOption flag) {
        return get(flag) != 0;
    }

    /** SO_LINGER, s; negative if it is off. */
    int lingerSeconds() {
        return is(SocketOption.SO_LINGER) ? lingerSeconds : -1;
    }

    /** When a call that waits to receive gives up, as {@code System.nanoTime} counts. */
    long receiveDeadline() {
        return deadline(SocketOption.SO_RCVTIMEO, receiveMicros);
    }

    /** When a call that waits to send gives up. */
    long sendDeadline() {
        return deadline(SocketOption.SO_SNDTIMEO, sendMicros);
    }

    private long deadline(final SocketOption seconds, final int micros) {
        final long nanos = TimeUnit.SECONDS.toNanos(get(seconds)) + TimeUnit.MICROSECONDS.toNanos(micros);
        return System.nanoTime() + (nanos == 0 ? TcpSocket.FOR_EVER : nanos);
    }

    /** What the engine is to know of it. */
    ConnectionOptions options() {
        final int linger2 = get(SocketOption.TCP_LINGER2);
        final Integer mss = values.get(SocketOption.TCP_MAXSEG);
        return engine.toBuilder()
                .sendBufferBytes(get(SocketOption.SO_SNDBUF) / 2)
                .receiveBufferBytes(get(SocketOption.SO_RCVBUF) / 2)
                .noDelay(is(SocketOption.TCP_NODELAY))
                .cork(is(SocketOption.TCP_CORK))
                .maxSegmentBytes(mss == null ? 0 : mss)
                .synRetries(get(SocketOption.TCP_SYNCNT))
                .userTimeoutMs(get(SocketOption.TCP_USER_TIMEOUT))
                .keepAlive(is(SocketOption.SO_KEEPALIVE))
                .keepAliveIdleMs(1_000 * get(SocketOption.TCP_KEEPIDLE))
                .keepAliveIntervalMs(1_000 * get(SocketOption.TCP_KEEPINTVL))
                .keepAliveProbes(get(SocketOption.TCP_KEEPCNT))
                .finWait2Ms(linger2 < 0 ? 0 : 1_000 * linger2)
                .build();
    }
}
