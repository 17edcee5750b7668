package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.ListenerBlock;
import io.millrace.dataplane.counters.ListenerCounter;
import io.millrace.dataplane.wire.IpAddress;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpListener;
import io.millrace.tcp.TcpListenerStats;
import io.millrace.tcp.table.AcceptQueue;
import io.millrace.tcp.table.RecordSlab;

/** One listening port of a shard: its settings, its share of the SYN queue, and its accept queue. Owned by the shard. */
final class Listener implements TcpListener {
    final int number;
    final int handler;
    /** Number of its connections' options. */
    final int options;
    /** These options. */
    final ConnectionOptions connectionOptions;

    final ListenerBlock counters;

    int halfOpen;
    boolean closed;
    /** Another listener of the same port on another address; null if there is none. */
    Listener next;

    private final TcpShard shard;
    private ListenConfig config;
    private final boolean everyIpv4;
    private final boolean everyIpv6;
    private final long localHi;
    private final long localLo;
    private final Backlog backlog;
    private final AcceptQueue acceptQueue;

    Listener(
            final TcpShard shard,
            final int number,
            final ListenConfig config,
            final Backlog backlog,
            final int handler,
            final int options,
            final ConnectionOptions connectionOptions,
            final ListenerBlock counters) {
        this.shard = shard;
        this.number = number;
        this.config = config;
        this.backlog = backlog;
        this.handler = handler;
        this.options = options;
        this.connectionOptions = connectionOptions;
        this.counters = counters;
        this.acceptQueue = new AcceptQueue(config.backlog());
        everyIpv4 = config.local().isEmpty() || config.local().get().equals(IpAddress.ANY_IPV4);
        everyIpv6 = config.local().isEmpty() || config.local().get().equals(IpAddress.ANY_IPV6);
        localHi = config.local().map(IpAddress::hi).orElse(0L);
        localLo = config.local().map(IpAddress::lo).orElse(0L);
    }

    /** Whether it takes connections to this address of ours. */
    boolean takes(final long hi, final long lo) {
        return (hi == 0 && lo >>> 32 == 0xffff ? everyIpv4 : everyIpv6) || localHi == hi && localLo == lo;
    }

    /** Whether its share of the SYN queue is used up. */
    boolean isSynQueueFull() {
        return halfOpen >= config.backlog();
    }

    /** Whether a connection that completed now would find no place. */
    boolean isAcceptQueueFull() {
        return !config.autoAccept() && backlog.isFull();
    }

    /** Takes a place in the accept queue for a connection that {@link #offer} is to bring; false if there is none. */
    boolean reserve() {
        // This shard may not have heard yet of a larger backlog that another one grants already.
        return config.autoAccept() || !acceptQueue.isFull() && backlog.tryTake();
    }

    /** Gives back a place that was reserved. */
    void cancel() {
        if (!config.autoAccept()) {
            backlog.giveBack();
        }
    }

    /** Puts a connection on the place reserved for it. */
    void offer(final int slot) {
        acceptQueue.offer(slot);
    }

    /** Takes the connection off that has waited longest; {@link RecordSlab#NONE} if there is none. */
    int poll() {
        final int slot = acceptQueue.poll();
        if (slot != RecordSlab.NONE) {
            cancel();
        }
        return slot;
    }

    /** Publishes the gauges. */
    void publish() {
        counters.set(ListenerCounter.ACCEPT_QUEUE, waiting());
        counters.set(ListenerCounter.BACKLOG, config.backlog());
        counters.set(ListenerCounter.SYN_QUEUE, halfOpen);
    }

    /** Where it listens, as {@code ss} writes it. */
    static String name(final ListenConfig config) {
        final String address = config.local()
                .map(local -> local.isIpv4() ? local.toString() : "[" + local + "]")
                .orElse("*");
        return address + ":" + config.port();
    }

    @Override
    public ListenConfig config() {
        return config;
    }

    @Override
    public void backlog(final int bound) {
        config = config.withBacklog(bound);
        backlog.bound(bound);
        acceptQueue.bound(bound);
        publish();
    }

    @Override
    public int waiting() {
        return acceptQueue.size();
    }

    @Override
    public TcpListenerStats stats() {
        return new TcpListenerStats(
                config.local(),
                config.port(),
                config.backlog(),
                counters.get(ListenerCounter.SYNS),
                counters.get(ListenerCounter.OPENED),
                counters.get(ListenerCounter.ACCEPTED),
                counters.get(ListenerCounter.LISTEN_OVERFLOWS),
                counters.get(ListenerCounter.LISTEN_DROPS),
                counters.get(ListenerCounter.SYNCOOKIES_SENT),
                counters.get(ListenerCounter.SYNCOOKIES_RECEIVED),
                counters.get(ListenerCounter.SYNCOOKIES_FAILED),
                halfOpen,
                waiting());
    }

    @Override
    public int accept(final int limit) {
        return shard.accept(this, limit);
    }

    @Override
    public void close() {
        shard.unlisten(this);
    }
}
