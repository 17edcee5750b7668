package io.millrace.dataplane.core;

import io.millrace.dataplane.FrameSink;
import io.millrace.dataplane.port.PortFrames;
import java.util.Arrays;

/**
 * The ports as one shard sends by them, by number. Owned by the shard's thread; allocates when a port comes or goes, and
 * nothing else.
 */
public final class ShardPorts {
    private final ShardPort[] byNumber = new ShardPort[PortFrames.PORTS];
    private final PortFrames frames = new PortFrames();
    /** Those that new connections may choose, in the order of their coming. */
    private ShardPort[] open = {};

    private FrameSink[] sinks = {};

    /** The port with this number; null if there is none. */
    public ShardPort get(final int number) {
        return byNumber[number];
    }

    /** Where frames of every port go back to. */
    public PortFrames frames() {
        return frames;
    }

    /** The port that has an address as its own; null if none has. Looks at one port after the other. */
    public ShardPort withAddress(final long hi, final long lo) {
        for (final ShardPort port : open) {
            if (port.host().isLocal(hi, lo)) {
                return port;
            }
        }
        return null;
    }

    /**
     * The port to a destination: the one in whose networks it is, else the one with the most specific route to it, the
     * first of several; null if there is no way.
     */
    public ShardPort towards(final long hi, final long lo) {
        ShardPort best = null;
        int bestNearness = -1;
        for (final ShardPort port : open) {
            final int nearness = port.host().nearness(hi, lo);
            if (nearness > bestNearness) {
                best = port;
                bestNearness = nearness;
            }
        }
        return best;
    }

    /** Hands on whatever the sinks have gathered. */
    public void flush() {
        for (final FrameSink sink : sinks) {
            sink.flush();
        }
    }

    /** Keeps new connections from choosing a port that is about to go. */
    public void retire(final int number) {
        open = Arrays.stream(open).filter(port -> port.number() != number).toArray(ShardPort[]::new);
    }

    /** Keeps new connections from choosing any port: the shard is about to go. */
    public void retireAll() {
        open = new ShardPort[0];
    }

    /** Takes in a port; its endpoint calls it. */
    public void add(final ShardPort port) {
        byNumber[port.number()] = port;
        frames.add(port.number(), port.frames(), port.mayKeep());
        open = Arrays.copyOf(open, open.length + 1);
        open[open.length - 1] = port;
        gatherSinks();
    }

    void remove(final int number) {
        retire(number);
        byNumber[number] = null;
        frames.remove(number);
        gatherSinks();
    }

    /** Ports may share a sink, which is flushed once. */
    private void gatherSinks() {
        sinks = Arrays.stream(open).map(ShardPort::sink).distinct().toArray(FrameSink[]::new);
    }
}
