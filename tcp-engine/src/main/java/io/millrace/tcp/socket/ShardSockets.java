package io.millrace.tcp.socket;

import org.agrona.collections.Long2ObjectHashMap;

/** The channels of one shard, by the attachments of their connections. Owned by the shard's thread. */
final class ShardSockets {
    private final int shard;
    private final Long2ObjectHashMap<Channel> channels = new Long2ObjectHashMap<>();
    private long last;
    private Channel accepted;

    ShardSockets(final int shard) {
        this.shard = shard;
    }

    /** A new channel is next; the attachment of its connection, never 0. */
    long add(final Channel channel) {
        channels.put(++last, channel);
        return last;
    }

    /** Makes the channel of a connection that is being accepted; its attachment. */
    long addAccepted() {
        accepted = new Channel(shard);
        return add(accepted);
    }

    /** The channel accepted last. */
    Channel takeAccepted() {
        final Channel channel = accepted;
        accepted = null;
        return channel;
    }

    Channel get(final long attachment) {
        return channels.get(attachment);
    }

    void remove(final long attachment) {
        channels.remove(attachment);
    }
}
