package io.millrace.tcp.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.conversation.Conversation;
import io.millrace.tcp.conversation.Family;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sockets that do not block, on a virtual clock, against a scripted peer: what Linux's answer in the same place. */
class SocketsTest {
    private static final IpAddress OURS = IpAddress.parse("10.0.0.1");
    private static final IpAddress PEER = IpAddress.parse("10.0.0.2");
    private static final int OUT_HUP = PollEvents.POLLOUT | PollEvents.POLLHUP;
    private static final int ALL =
            PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLRDHUP | PollEvents.POLLERR | PollEvents.POLLHUP;

    private final Conversation talk = new Conversation(Family.IPV4, config -> config);
    private final Sockets sockets = new Sockets(talk.engine());
    private TcpSocket socket;

    @BeforeEach
    void open() throws ErrnoException {
        socket = opened();
    }

    private TcpSocket opened() throws ErrnoException {
        final TcpSocket made = sockets.open(false);
        made.nonBlocking(true);
        return made;
    }

    @AfterEach
    void end() {
        sockets.close();
        talk.poll();
        talk.close();
    }

    private static void fails(final Errno errno, final ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    /** A connection to the peer's port 80 from our port 5555. */
    private void connect() throws ErrnoException {
        connect(80);
    }

    private void connect(final int port) throws ErrnoException {
        socket.bind(OURS, 5_555);
        fails(Errno.EINPROGRESS, () -> socket.connect(PEER, port));
        talk.poll();
        talk.peer(port).to(5_555).run("< S seq 0");
    }

    private void establish() throws ErrnoException {
        connect();
        talk.run("""
                > SA seq 0 ack 1 <mss 1460>
                < A seq 1 ack 1
                """);
        socket.connect(PEER, 80);
    }

    private int poll() throws ErrnoException {
        return socket.poll(ALL, 0);
    }

    private static byte[] pattern(final int count) {
        final byte[] text = new byte[count];
        for (int i = 0; i < count; i++) {
            text[i] = (byte) ((i + 1) * 31 + (i + 1 >>> 8) * 17);
        }
        return text;
    }

    @Test
    @Tag("H3")
    void shouldConnectWithoutBlocking() throws ErrnoException {
        assertThat(poll()).isEqualTo(OUT_HUP);
        connect();
        fails(Errno.EALREADY, () -> socket.connect(PEER, 80));
        fails(Errno.EAGAIN, () -> socket.write(pattern(5)));
        fails(Errno.EAGAIN, () -> socket.read(5));
        assertThat(poll()).isZero();
        assertThat(socket.option(SocketOption.TCP_INFO) & 0xff).isEqualTo(2);
        talk.run("""
                > SA seq 0 ack 1 <mss 1460>
                < A seq 1 ack 1
                """);
        assertThat(poll()).isEqualTo(PollEvents.POLLOUT);
        assertThat(socket.option(SocketOption.SO_ERROR)).isZero();
        assertThat(socket.option(SocketOption.TCP_INFO) & 0xff).isEqualTo(1);
        socket.connect(PEER, 80);
        fails(Errno.EISCONN, () -> socket.connect(PEER, 80));
    }

    @Test
    @Tag("H3")
    void shouldTellRefusedFromTimedOut() throws ErrnoException {
        connect();
        talk.run("> RA seq 0 ack 1");
        assertThat(poll()).isEqualTo(ALL);
        assertThat(socket.option(SocketOption.SO_ERROR)).isEqualTo(111);
        assertThat(socket.option(SocketOption.SO_ERROR)).isZero();
        fails(Errno.ECONNABORTED, () -> socket.connect(PEER, 80));

        socket.option(SocketOption.TCP_SYNCNT, 1, 0);
        fails(Errno.EINPROGRESS, () -> socket.connect(PEER, 80));
        talk.advance(3_100);
        fails(Errno.ETIMEDOUT, () -> socket.connect(PEER, 80));
    }

    @Test
    @Tag("R5")
    void shouldTellANobodyListeningFromANoWay() throws ErrnoException {
        connect();
        talk.run("icmp port-unreachable seq 0");
        assertThat(socket.option(SocketOption.SO_ERROR)).isEqualTo(111);
        fails(Errno.ECONNABORTED, () -> socket.connect(PEER, 80));
        fails(Errno.EINPROGRESS, () -> socket.connect(PEER, 81));
        talk.poll();
        talk.peer(81).to(5_555).run("""
                < S
                icmp prohibited seq 0
                """);
        assertThat(socket.option(SocketOption.SO_ERROR)).isEqualTo(113);
        fails(Errno.ECONNABORTED, () -> socket.connect(PEER, 81));
        fails(Errno.EINPROGRESS, () -> socket.connect(PEER, 82));
        talk.poll();
        talk.peer(82).to(5_555).run("""
                < S
                icmp protocol-unreachable seq 0
                """);
        assertThat(socket.option(SocketOption.SO_ERROR)).isEqualTo(92);
    }

    /** As sk_err_soft: RFC 1122 §4.2.3.9 has the application know. */
    @Test
    @Tag("R5")
    void shouldTellASoftErrorOnceAndNoMoreWhenThePeerWasHeardOf() throws ErrnoException {
        establish();
        assertThat(socket.write(pattern(5))).isEqualTo(5);
        talk.poll();
        talk.run("""
                < PA seq 1 text 5
                icmp network-unreachable seq 1
                """);
        assertThat(poll() & PollEvents.POLLERR).isZero();
        assertThat(socket.option(SocketOption.SO_ERROR)).isEqualTo(101);
        assertThat(socket.option(SocketOption.SO_ERROR)).isZero();
        talk.run("""
                icmp host-unreachable seq 1
                > A ack 6
                """);
        assertThat(socket.option(SocketOption.SO_ERROR)).isZero();
    }

    @Test
    @Tag("R5")
    void shouldSayWhyThePeerWasGivenUp() throws ErrnoException {
        establish();
        socket.option(SocketOption.TCP_USER_TIMEOUT, 3_000, 0);
        assertThat(socket.write(pattern(5))).isEqualTo(5);
        talk.poll();
        talk.run("""
                < PA seq 1 text 5
                icmp network-unreachable seq 1
                """);
        talk.advance(4_000);
        fails(Errno.ENETUNREACH, () -> socket.read(1));
    }

    /** As tcp_rcv_state_process() has it in FIN_WAIT_1 and FIN_WAIT_2. */
    @Test
    @Tag("C6")
    void shouldResetWhenTextComesAfterBothSidesWereShut() throws ErrnoException {
        establish();
        socket.shutdown(0);
        talk.run("""
                > PA text 5
                +40ms < A ack 6
                """);
        socket.shutdown(1);
        talk.poll();
        talk.run("""
                < FA seq 1 ack 6
                > A ack 2
                > PA text 5
                < RA seq 2
                """);
        assertThat(socket.read(100)).isEqualTo(pattern(5));
        fails(Errno.ECONNRESET, () -> socket.read(100));
    }

    @Test
    void shouldNotReadOrWriteOrShutDownWhatWasNeverConnected() throws ErrnoException {
        fails(Errno.ENOTCONN, () -> socket.read(1));
        fails(Errno.EPIPE, () -> socket.write(pattern(1)));
        fails(Errno.ENOTCONN, () -> socket.shutdown(1));
        fails(Errno.EINVAL, () -> socket.shutdown(3));
        fails(Errno.EINVAL, socket::accept);
        socket.close();
        fails(Errno.EBADF, () -> socket.read(1));
        fails(Errno.EBADF, socket::close);
    }

    @Test
    void shouldTellWhereThereIsNoWay() {
        fails(Errno.ENETUNREACH, () -> socket.connect(IpAddress.parse("192.0.2.1"), 80));
        fails(Errno.ENETUNREACH, () -> socket.connect(IpAddress.parse("10.0.0.255"), 80));
        fails(Errno.EAFNOSUPPORT, () -> socket.connect(IpAddress.parse("fd00::1"), 80));
        fails(Errno.EADDRNOTAVAIL, () -> socket.bind(IpAddress.parse("10.0.0.7"), 80));
    }

    @Test
    @Tag("C3")
    void shouldReadToTheEndAndWriteOnAfterIt() throws ErrnoException {
        establish();
        fails(Errno.EAGAIN, () -> socket.read(10));
        talk.run("> PA text 10");
        assertThat(poll()).isEqualTo(PollEvents.POLLIN | PollEvents.POLLOUT);
        assertThat(socket.read(4)).isEqualTo(Arrays.copyOf(pattern(10), 4));
        talk.run("""
                > FA
                < A seq 1 ack 12
                """);
        assertThat(poll()).isEqualTo(PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLRDHUP);
        assertThat(socket.read(100)).hasSize(6);
        assertThat(socket.read(100)).isEmpty();
        assertThat(socket.write(pattern(20))).isEqualTo(20);
        talk.poll();
        talk.run("< PA seq 1 ack 12 text 20");
        socket.shutdown(1);
        fails(Errno.EPIPE, () -> socket.write(pattern(1)));
        talk.poll();
        talk.run("""
                < FA seq 21 ack 12
                > A ack 22
                """);
        assertThat(poll() & PollEvents.POLLHUP).isNotZero();
        fails(Errno.ENOTCONN, () -> socket.shutdown(1));
    }

    @Test
    @Tag("R1")
    void shouldReadWhatCameBeforeAResetAndThenTheErrorOnce() throws ErrnoException {
        establish();
        talk.run("""
                > PA text 5
                > R
                """);
        assertThat(poll()).isEqualTo(ALL);
        assertThat(socket.read(100)).isEqualTo(pattern(5));
        fails(Errno.ECONNRESET, () -> socket.read(100));
        assertThat(socket.read(100)).isEmpty();
        fails(Errno.EPIPE, () -> socket.write(pattern(1)));
        fails(Errno.EISCONN, () -> socket.connect(PEER, 80));
    }

    @Test
    @Tag("C6")
    @Tag("C7")
    void shouldResetOnCloseWithUnreadTextOrALingerOfNothing() throws ErrnoException {
        establish();
        talk.run("""
                > PA text 5
                +40ms < A ack 6
                """);
        socket.close();
        talk.poll();
        talk.run("< RA seq 1 ack 6");

        socket = opened();
        connect(81);
        talk.run("""
                > SA seq 0 ack 1 <mss 1460>
                < A
                """);
        socket.option(SocketOption.SO_LINGER, 1, 0);
        socket.close();
        talk.poll();
        talk.run("< RA seq 1");
    }

    @Test
    @Tag("D2")
    void shouldCloseTheWindowOfWhatIsNotReadAndOpenItByReading() throws ErrnoException {
        socket.option(SocketOption.SO_RCVBUF, 4_000, 0);
        assertThat(socket.option(SocketOption.SO_RCVBUF)).isEqualTo(8_000);
        establish();
        talk.run("""
                > A text 1460
                < A ack 1461 win 2540
                > A text 1460
                < A ack 2921 win 1080
                > A text 1080
                < A ack 4001 win 0
                """);
        assertThat(socket.read(100_000)).isEqualTo(pattern(4_000));
        talk.poll();
        talk.run("< A ack 4001 win 4000");
    }

    @Test
    @Tag("H9")
    void shouldAcceptWhatWaits() throws ErrnoException {
        socket.bind(IpAddress.ANY_IPV4, 7);
        socket.listen(1);
        assertThat(socket.option(SocketOption.SO_ACCEPTCONN)).isEqualTo(1);
        fails(Errno.EAGAIN, socket::accept);
        fails(Errno.EISCONN, () -> socket.connect(PEER, 80));
        fails(Errno.ENOTCONN, () -> socket.read(1));
        assertThat(poll()).isZero();
        talk.peer(40_001).to(7).run("""
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > PA text 5
                +40ms < A ack 6
                """);
        assertThat(poll()).isEqualTo(PollEvents.POLLIN);
        talk.peer(40_002).to(7).run("""
                > S seq 0 <mss 1460>
                silence
                """);
        final TcpSocket accepted = socket.accept();
        assertThat(accepted.remoteAddress()).isEqualTo(PEER);
        assertThat(accepted.remotePort()).isEqualTo(40_001);
        assertThat(accepted.read(10)).isEqualTo(pattern(5));
        talk.run("""
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                """);
        socket.close();
        talk.poll();
        talk.run("< RA seq 1 ack 1");
        assertThat(accepted.write("more".getBytes(StandardCharsets.US_ASCII))).isEqualTo(4);
        talk.nonsense().poll();
    }

    @Test
    void shouldShareAPortAsLinuxDoes() throws ErrnoException {
        final TcpSocket other = opened();
        socket.bind(IpAddress.ANY_IPV4, 7);
        fails(Errno.EINVAL, () -> socket.bind(IpAddress.ANY_IPV4, 8));
        other.bind(OURS, 7);
        socket.listen(5);
        fails(Errno.EADDRINUSE, () -> other.listen(5));
        final TcpSocket third = opened();
        fails(Errno.EADDRINUSE, () -> third.bind(OURS, 7));
        third.option(SocketOption.SO_REUSEADDR, 0, 0);
        third.bind(OURS, 8);
        fails(Errno.EADDRINUSE, () -> opened().bind(OURS, 8));
        socket.shutdown(2);
        other.listen(5);
        other.close();
        socket.listen(5);
    }

    @Test
    @Tag("H9")
    void shouldListenOnAnyAndOnOneAddressWhereBothShareThePort() throws ErrnoException {
        final TcpSocket one = opened();
        socket.option(SocketOption.SO_REUSEPORT, 1, 0);
        one.option(SocketOption.SO_REUSEPORT, 1, 0);
        socket.bind(IpAddress.ANY_IPV4, 7);
        socket.listen(5);
        one.bind(OURS, 7);
        one.listen(5);
        final TcpSocket third = opened();
        fails(Errno.EADDRINUSE, () -> third.bind(OURS, 7));
        third.option(SocketOption.SO_REUSEPORT, 1, 0);
        third.bind(OURS, 7);
        fails(Errno.EADDRINUSE, () -> third.listen(5));
        talk.peer(40_001).to(7).run("""
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                """);
        fails(Errno.EAGAIN, socket::accept);
        assertThat(one.accept().remotePort()).isEqualTo(40_001);
        one.close();
        talk.peer(40_002).to(7).run("""
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                """);
        assertThat(socket.accept().remotePort()).isEqualTo(40_002);
    }

    @Test
    @Tag("H9")
    void shouldChangeTheBacklogByListeningAgain() throws ErrnoException {
        socket.bind(OURS, 7);
        socket.listen(1);
        talk.peer(40_001).to(7).run("""
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                """);
        talk.peer(40_002).to(7).run("""
                > S seq 0 <mss 1460>
                silence
                """);
        socket.listen(2);
        talk.run("""
                > S seq 0 <mss 1460>
                < SA seq 0 ack 1
                > A
                """);
        socket.listen(1);
        assertThat(talk.engine().listeners().getFirst().backlog()).isEqualTo(1);
        assertThat(socket.accept().remotePort()).isEqualTo(40_001);
        talk.peer(40_003).to(7).run("""
                > S seq 0 <mss 1460>
                silence
                """);
        assertThat(socket.accept().remotePort()).isEqualTo(40_002);
    }

    @Test
    @Tag("T1")
    void shouldBindAPortInTimeWaitOnlyWithReuse() throws ErrnoException {
        establish();
        socket.close();
        talk.poll();
        talk.run("""
                < FA seq 1 ack 1
                > FA ack 2
                < A
                time-wait 1
                """);
        final TcpSocket other = opened();
        other.option(SocketOption.SO_REUSEADDR, 0, 0);
        fails(Errno.EADDRINUSE, () -> other.bind(OURS, 5_555));
        fails(Errno.EADDRINUSE, () -> other.bind(IpAddress.ANY_IPV4, 5_555));
        final TcpSocket reusing = opened();
        reusing.bind(OURS, 5_555);
        reusing.close();
        talk.run("+61s\ntime-wait 0");
        other.bind(OURS, 5_555);
    }

    @Test
    void shouldRefuseToConnectToItself() throws ErrnoException {
        fails(Errno.ENETUNREACH, () -> socket.connect(OURS, 80));
        assertThat(talk.loop().connect(OURS, 80, null, 0)).isZero();
        talk.run("count NO_ROUTES 1");
    }

    @Test
    void shouldOpenFromABoundPortOnlyOnceToTheSamePeer() throws ErrnoException {
        connect();
        final TcpSocket other = opened();
        other.bind(OURS, 5_555);
        fails(Errno.EADDRNOTAVAIL, () -> other.connect(PEER, 80));
    }

    @Test
    void shouldHoldOptionsToLinuxsLimits() throws ErrnoException {
        fails(Errno.EINVAL, () -> socket.option(SocketOption.TCP_KEEPIDLE, 0, 0));
        fails(Errno.EINVAL, () -> socket.option(SocketOption.TCP_SYNCNT, 128, 0));
        fails(Errno.EINVAL, () -> socket.option(SocketOption.TCP_MAXSEG, 87, 0));
        fails(Errno.EINVAL, () -> socket.option(SocketOption.TCP_USER_TIMEOUT, -1, 0));
        fails(Errno.ENOPROTOOPT, () -> socket.option(SocketOption.TCP_INFO, 1, 0));
        fails(Errno.ENOPROTOOPT, () -> socket.option(SocketOption.IPV6_V6ONLY, 1, 0));
        socket.option(SocketOption.TCP_NODELAY, 17, 0);
        assertThat(socket.option(SocketOption.TCP_NODELAY)).isEqualTo(1);
        assertThat(socket.option(SocketOption.TCP_LINGER2)).isEqualTo(60);
        socket.option(SocketOption.TCP_LINGER2, 500, 0);
        assertThat(socket.option(SocketOption.TCP_LINGER2)).isEqualTo(120);
    }

    @Test
    @Tag("C5")
    void shouldForgetAHalfClosedConnectionAfterItsLinger2() throws ErrnoException {
        socket.option(SocketOption.TCP_LINGER2, 3, 0);
        establish();
        socket.close();
        talk.poll();
        talk.run("""
                < FA seq 1 ack 1
                > A ack 2
                +2990ms
                connections 1
                +20ms
                connections 0
                """);
    }
}
