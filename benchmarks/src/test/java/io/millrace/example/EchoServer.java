package io.millrace.example;

import io.millrace.dataplane.host.HostAddresses;
import io.millrace.dataplane.port.DpdkPort;
import io.millrace.dataplane.port.DpdkPortConfig;
import io.millrace.dataplane.wire.IpPrefix;
import io.millrace.dpdk.Devargs;
import io.millrace.dpdk.Eal;
import io.millrace.dpdk.EalOptions;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConnection;
import io.millrace.tcp.TcpEngine;
import io.millrace.tcp.TcpHandler;
import java.io.IOException;
import org.agrona.DirectBuffer;

/** The example of README.md, as a program: {@code EchoServer net_af_packet0,iface=veth1 10.9.0.1/24}. */
public final class EchoServer {
    private EchoServer() {}

    // [README
    static final class Echo implements TcpHandler {
        @Override
        public int onData(TcpConnection connection, DirectBuffer buffer, int offset, int length) {
            return connection.write(buffer, offset, length); // what is not taken waits, and closes the window
        }
    }

    public static void main(String[] args) throws IOException {
        Devargs device = Devargs.parse(args[0]); // net_af_packet0,iface=veth1
        IpPrefix address = IpPrefix.parse(args[1]); // 10.9.0.1/24
        try (Eal eal = Eal.start(EalOptions.builder().device(device).build());
                DpdkPort port = DpdkPort.open(eal, DpdkPortConfig.of(device));
                TcpEngine engine = TcpEngine.builder()
                        .port(
                                port,
                                HostAddresses.builder(port.mac())
                                        .address(address)
                                        .build())
                        .start()) {
            engine.listen(ListenConfig.onPort(7), shard -> new Echo());
            System.in.read(); // until Enter
        }
    }
    // README]
}
