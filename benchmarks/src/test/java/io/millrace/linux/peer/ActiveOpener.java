package io.millrace.linux.peer;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.DpdkPort;
import io.millrace.dataplane.port.DpdkPortConfig;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.EalOptions;
import io.millrace.tcp.CloseReason;
import io.millrace.tcp.TcpApplication;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpEngine;
import io.millrace.tcp.TcpHandler;
import io.millrace.tcp.TcpLoop;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Our active open: so many connections to an echo server, so many at a time; each sends the same bytes, closes its side,
 * and compares what comes back. Prints how many were right, and what the tables hold at the end.
 *
 * <p>Arguments: device, our CIDR, server, port, connections, bytes, {@code huge} or {@code no-huge}.
 */
final class ActiveOpener implements TcpApplication, TcpHandler {
    private static final int AT_A_TIME = 32;
    private static final long PATIENCE_SECONDS = 60;

    private final IpAddress local;
    private final IpAddress server;
    private final int port;
    private final int wanted;
    private final byte[] bytes;
    private final DirectBuffer message;
    private final CountDownLatch done = new CountDownLatch(1);
    private int tried;
    private int underWay;
    private int right;
    private int wrong;

    private ActiveOpener(final String[] arguments) {
        local = IpAddress.parse(arguments[1].substring(0, arguments[1].indexOf('/')));
        server = IpAddress.parse(arguments[2]);
        port = Integer.parseInt(arguments[3]);
        wanted = Integer.parseInt(arguments[4]);
        bytes = new byte[Integer.parseInt(arguments[5])];
        new Random(7).nextBytes(bytes);
        message = new UnsafeBuffer(bytes);
    }

    public static void main(final String[] arguments) throws InterruptedException {
        final ActiveOpener opener = new ActiveOpener(arguments);
        final Devargs device = Devargs.parse(arguments[0]);
        try (Eal eal = Eal.start(EalOptions.builder()
                        .hugePages(arguments[6].equals("huge"))
                        .device(device)
                        .build());
                DpdkPort port = DpdkPort.open(eal, DpdkPortConfig.of(device));
                TcpEngine engine = TcpEngine.builder()
                        .port(
                                port,
                                HostAddresses.builder(port.mac())
                                        .address(arguments[1])
                                        .build())
                        .application(shard -> opener)
                        .start()) {
            if (!opener.done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.out.println("not done: " + opener.underWay + " under way");
            }
            System.out.println("right " + opener.right + " wrong " + opener.wrong);
            for (final Counter counter : Counter.values()) {
                System.out.println(counter + " " + engine.counters().getFirst().get(counter));
            }
        }
    }

    @Override
    public void onStart(final TcpLoop loop) {}

    @Override
    public int doWork(final TcpLoop loop) {
        int opened = 0;
        while (underWay < AT_A_TIME && tried < wanted) {
            tried++;
            underWay++;
            opened++;
            if (loop.connect(local, server, port, this, 0) == 0) {
                wrong++;
                underWay--;
            }
        }
        if (tried == wanted && underWay == 0) {
            done.countDown();
        }
        return opened;
    }

    /** The attachment counts bytes written in its high half, and bytes received in its low half. */
    @Override
    public void onOpen(final TcpConnection connection) {
        onWritable(connection);
    }

    @Override
    public void onWritable(final TcpConnection connection) {
        final int written = (int) (connection.attachment() >>> 32);
        final int more = connection.write(message, written, bytes.length - written);
        connection.attachment(connection.attachment() + ((long) more << 32));
        if (written + more == bytes.length) {
            connection.shutdownOutput();
        }
    }

    @Override
    public int onData(final TcpConnection connection, final DirectBuffer buffer, final int offset, final int length) {
        final int received = (int) connection.attachment();
        for (int i = 0; i < length; i++) {
            if (received + i >= bytes.length || buffer.getByte(offset + i) != bytes[received + i]) {
                connection.abort();
                return length;
            }
        }
        connection.attachment(connection.attachment() + length);
        return length;
    }

    @Override
    public void onClosed(final TcpConnection connection, final CloseReason reason) {
        underWay--;
        if (reason == CloseReason.NORMAL && (int) connection.attachment() == bytes.length) {
            right++;
        } else {
            wrong++;
            System.out.println("closed " + reason + " after " + (int) connection.attachment() + " bytes");
        }
    }
}
