package io.millrace.tcp.socket;

/** The bits of {@code poll(2)}, with Linux's numbers. */
public final class PollEvents {
    public static final int POLLIN = 1;
    public static final int POLLPRI = 2;
    public static final int POLLOUT = 4;
    public static final int POLLERR = 8;
    public static final int POLLHUP = 0x10;
    public static final int POLLRDNORM = 0x40;
    public static final int POLLWRNORM = 0x100;
    public static final int POLLRDHUP = 0x2000;

    /** What a poll answers whether it was asked for or not. */
    static final int ALWAYS = POLLERR | POLLHUP;

    static final int READABLE = POLLIN | POLLRDNORM;
    static final int WRITABLE = POLLOUT | POLLWRNORM;

    private PollEvents() {}
}
