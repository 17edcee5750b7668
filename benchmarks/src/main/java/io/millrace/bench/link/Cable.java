package io.millrace.bench.link;

import io.millrace.dpdk.Devargs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A link that is there: made for one run, removed with it. One thread.
 *
 * <p>Of two processes the server's starts first: it is the one that listens at the socket, where there is one.
 */
public final class Cable implements AutoCloseable {
    /** Largest IP packet, where nothing else is asked for. */
    public static final int MTU = 1500;

    private final Devargs server;
    private final Devargs generator;
    private final Path socket;
    private final VethPair veth;

    private Cable(final Devargs server, final Devargs generator, final Path socket, final VethPair veth) {
        this.server = server;
        this.generator = generator;
        this.socket = socket;
        this.veth = veth;
    }

    /**
     * Makes what the link needs outside the two processes.
     *
     * @param generatorMac of the generator's port, where it can be chosen.
     * @throws CableException if this machine lets it not be made; says what was tried.
     */
    public static Cable open(final Link link, final String generatorMac) throws IOException, InterruptedException {
        return open(link, generatorMac, MTU);
    }

    /** Makes it for IP packets of up to {@code mtu} bytes, which the ports have to be opened for as well. */
    public static Cable open(final Link link, final String generatorMac, final int mtu)
            throws IOException, InterruptedException {
        return switch (link.kind()) {
            case VHOST -> vhost(socket(), generatorMac);
            case MEMIF -> memif(socket(), generatorMac);
            case AF_PACKET -> afPacket(mtu);
            case PCI -> new Cable(link.devices().getFirst(), link.devices().getLast(), null, null);
            case RING, NULL, PORT -> throw new IllegalArgumentException("link " + link + " joins no two processes");
        };
    }

    /** Of this process, so that two runs don't meet. */
    private static Path socket() throws IOException {
        final Path socket = Path.of(
                System.getProperty("java.io.tmpdir"),
                "millrace-" + ProcessHandle.current().pid() + ".sock");
        Files.deleteIfExists(socket);
        return socket;
    }

    private static Cable vhost(final Path socket, final String generatorMac) {
        return new Cable(
                Devargs.parse("net_vhost0,iface=" + socket + ",queues=1"),
                Devargs.parse("net_virtio_user0,path=" + socket
                        + ",queues=1,queue_size=1024,packed_vq=1,mrg_rxbuf=0,in_order=1,mac=" + generatorMac),
                socket,
                null);
    }

    private static Cable memif(final Path socket, final String generatorMac) {
        final String both = ",id=0,socket=" + socket + ",socket-abstract=no,rsize=11";
        return new Cable(
                Devargs.parse("net_memif0,role=server" + both),
                Devargs.parse("net_memif0,role=client" + both + ",mac=" + generatorMac),
                socket,
                null);
    }

    private static Cable afPacket(final int mtu) throws IOException, InterruptedException {
        final VethPair veth = VethPair.create(mtu, VethPair.End.ENGINE, VethPair.End.ENGINE);
        return new Cable(packetPort(VethPair.SERVER_DEVICE, mtu), packetPort(VethPair.CLIENT_DEVICE, mtu), null, veth);
    }

    /** Packet sockets on a kernel's interface. They copy frames through a ring of slots, which have to hold the largest. */
    public static Devargs packetPort(final String device, final int mtu) {
        final String slots = mtu <= MTU ? ",framecnt=4096" : ",blocksz=65536,framesz=16384,framecnt=512";
        return Devargs.parse("net_af_packet0,iface=" + device + slots);
    }

    /** The server's port. */
    public Devargs server() {
        return server;
    }

    /** The generator's port. */
    public Devargs generator() {
        return generator;
    }

    /** The command of the server's process, where its end of the link is. */
    public List<String> atServer(final List<String> command) {
        return veth == null ? command : veth.inServer(command);
    }

    /** The command of the generator's process, where its end of the link is. */
    public List<String> atGenerator(final List<String> command) {
        return veth == null ? command : veth.inClient(command);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (socket != null) {
            Files.deleteIfExists(socket);
        }
        if (veth != null) {
            veth.close();
        }
    }
}
