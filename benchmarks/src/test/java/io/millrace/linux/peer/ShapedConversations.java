package io.millrace.linux.peer;

import io.millrace.cli.PeerNode;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpLoop;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Our side of {@code shapes.txt}: listens for every shape, and when the first connection has come opens as many of each shape
 * to the other side, so many at once.
 *
 * <p>Words: the file, our first port, the peer's first port, connections of each shape to each address, how many at once,
 * and pairs {@code ours>peer's} of addresses.
 */
public final class ShapedConversations implements PeerNode.Application {
    private static final int FIRST_CHAIN_PORT = 6_000;
    private static final int CHAINS = 32;
    private static final int OPENS_A_CYCLE = 64;

    private final List<Shape> shapes;
    private final int ourBase;
    private final int peerBase;
    private final int each;
    private final int atOnce;
    private final List<IpAddress> ours = new ArrayList<>();
    private final List<IpAddress> peers = new ArrayList<>();
    private final List<ShapeSide> openers = new ArrayList<>();
    private final List<ShapeSide> acceptors = new ArrayList<>();
    private final List<Chain> chains = new ArrayList<>();
    private int round;
    private int position;
    private int underWay;
    private volatile boolean done;

    /** Connections that follow each other on one tuple. */
    private static final class Chain {
        private final Shape shape;
        private final int address;
        private final int localPort;
        private int left;
        private boolean live;

        private Chain(final Shape shape, final int address, final int localPort, final int left) {
            this.shape = shape;
            this.address = address;
            this.localPort = localPort;
            this.left = left;
        }
    }

    public ShapedConversations(final List<String> words) throws IOException {
        shapes = Shape.readAll(Path.of(words.get(0)));
        ourBase = Integer.parseInt(words.get(1));
        peerBase = Integer.parseInt(words.get(2));
        each = Integer.parseInt(words.get(3));
        atOnce = Integer.parseInt(words.get(4));
        for (final String pair : words.subList(5, words.size())) {
            final int arrow = pair.indexOf('>');
            ours.add(IpAddress.parse(pair.substring(0, arrow)));
            peers.add(IpAddress.parse(pair.substring(arrow + 1)));
        }
        for (final Shape shape : shapes) {
            openers.add(new ShapeSide("opened-" + shape.name(), shape.opener(), this::onOpenerOver));
            acceptors.add(new ShapeSide("accepted-" + shape.name(), shape.acceptor(), chain -> {}));
            if (shape.isSameTuple()) {
                for (int i = 0; i < CHAINS * peers.size(); i++) {
                    final int length = each / CHAINS + (i % CHAINS < each % CHAINS ? 1 : 0);
                    chains.add(new Chain(shape, i / CHAINS, FIRST_CHAIN_PORT + i % CHAINS, length));
                }
            }
        }
    }

    @Override
    public void onStart(final TcpLoop loop) {
        for (final Shape shape : shapes) {
            if (shape.isListenedFor()) {
                loop.listen(ListenConfig.onPort(ourBase + shape.index()), acceptors.get(shape.index()));
            }
        }
    }

    @Override
    public int doWork(final TcpLoop loop) {
        if (done || acceptors.getFirst().opened() == 0) {
            return 0;
        }
        int opens = 0;
        // more SYNs than may wait for one neighbor would be dropped: the first of each family find it
        final int limit = isEachPeerFound() ? atOnce : peers.size();
        while (round < each && underWay < limit && opens < OPENS_A_CYCLE) {
            opens += openNext(loop) ? 1 : 0;
        }
        int left = 0;
        for (int i = 0; i < chains.size(); i++) {
            opens += isEachPeerFound() ? openNextOf(i, loop) : 0;
            left += chains.get(i).left;
        }
        done = round == each && left == 0 && underWay == 0;
        return opens;
    }

    private boolean isEachPeerFound() {
        return openers.getFirst().opened() >= peers.size();
    }

    /** Takes all shapes and addresses in turn. */
    private boolean openNext(final TcpLoop loop) {
        final Shape shape = shapes.get(position / peers.size());
        final int address = position % peers.size();
        position++;
        if (position == shapes.size() * peers.size()) {
            position = 0;
            round++;
        }
        if (shape.isSameTuple()) {
            return false;
        }
        final ShapeSide side = openers.get(shape.index());
        final long id = loop.connect(
                ours.get(address),
                peers.get(address),
                peerBase + shape.index(),
                side,
                ShapeSide.attachment(chains.size()));
        if (id == 0) {
            side.onNone();
            return false;
        }
        underWay++;
        if (shape.opener().getFirst().word().equals("give-up")) {
            loop.connection(id).abort();
        }
        return true;
    }

    /** Nothing where the last connection of the tuple is not over yet. */
    private int openNextOf(final int index, final TcpLoop loop) {
        final Chain chain = chains.get(index);
        if (chain.live || chain.left == 0) {
            return 0;
        }
        final int port = peerBase + chain.shape.index();
        final long id = loop.connect(
                ours.get(chain.address),
                chain.localPort,
                peers.get(chain.address),
                port,
                loop.defaultConnectionOptions(),
                openers.get(chain.shape.index()),
                ShapeSide.attachment(index));
        if (id == 0) {
            return 0;
        }
        chain.live = true;
        chain.left--;
        underWay++;
        return 1;
    }

    private void onOpenerOver(final int chain) {
        underWay--;
        if (chain < chains.size()) {
            chains.get(chain).live = false;
        }
    }

    @Override
    public boolean isDone() {
        return done;
    }

    @Override
    public void report(final PrintWriter out) {
        for (final Shape shape : shapes) {
            openers.get(shape.index()).report(out);
            if (shape.isListenedFor()) {
                acceptors.get(shape.index()).report(out);
            }
        }
    }
}
