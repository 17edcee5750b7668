package io.millrace.tcp.shard;

import io.millrace.dataplane.counters.Counter;
import io.millrace.dataplane.counters.CounterBlock;
import io.millrace.dataplane.counters.ListenerCounter;
import io.millrace.tcp.ConnectionOptions;
import io.millrace.tcp.ListenConfig;
import io.millrace.tcp.TcpConfig;
import io.millrace.tcp.TcpState;
import io.millrace.tcp.egress.SegmentWriter;
import io.millrace.tcp.isn.IsnGenerator;
import io.millrace.tcp.isn.SynCookies;
import io.millrace.tcp.state.ClosedState;
import io.millrace.tcp.state.ListenState;
import io.millrace.tcp.state.Negotiation;
import io.millrace.tcp.state.Segment;
import io.millrace.tcp.state.SegmentOptions;
import io.millrace.tcp.state.SynReceivedState;
import io.millrace.tcp.state.Transition;
import io.millrace.tcp.state.Verdict;
import io.millrace.tcp.stream.ReceiveWindow;
import io.millrace.tcp.stream.RttEstimator;
import io.millrace.tcp.table.FlowIndex;
import io.millrace.tcp.table.LocalAddresses;
import io.millrace.tcp.table.RecordSlab;
import io.millrace.tcp.table.SynOptions;
import io.millrace.tcp.table.SynQueue;
import io.millrace.tcp.table.Tcb;
import io.millrace.tcp.table.TcbFlags;
import io.millrace.tcp.table.TcbModes;
import io.millrace.tcp.timer.BurstClock;

/**
 * The server's side of the handshake: from a SYN to an entry of the SYN queue, and from its last ACK to a connection in the
 * accept queue; with SYN cookies where there is no room for entries. Owned by the shard's thread; allocates nothing.
 */
final class PassiveOpen {
    /** How many of the oldest half-open entries are looked at for one of the listener that must make room. */
    private static final int EVICTION_SEARCH = 64;

    private final ShardTables tables;
    private final Listeners listeners;
    private final Connections connections;
    private final Replies replies;
    private final StrayResets strayResets;
    private final Secrets secrets;
    private final HalfOpens halfOpens;
    private final SynCookies cookies;
    private final BurstClock clock;
    private final CounterBlock counters;
    private final Transition transitions;
    private final TcpConfig config;
    private final SegmentWriter writer;
    private final Tcb tcb = new Tcb();

    PassiveOpen(
            final ShardTables tables,
            final Listeners listeners,
            final Connections connections,
            final Replies replies,
            final StrayResets strayResets,
            final Secrets secrets,
            final HalfOpens halfOpens,
            final BurstClock clock,
            final CounterBlock counters,
            final TcpConfig config,
            final SegmentWriter writer) {
        this.tables = tables;
        this.listeners = listeners;
        this.connections = connections;
        this.replies = replies;
        this.strayResets = strayResets;
        this.secrets = secrets;
        this.halfOpens = halfOpens;
        this.cookies = new SynCookies(secrets.cookies());
        this.clock = clock;
        this.counters = counters;
        transitions = new Transition(counters);
        this.config = config;
        this.writer = writer;
    }

    /** A segment to a port that listens, of no flow we know. */
    void onSegment(final Listener listener, final Segment segment, final int flowHash) {
        final int verdict = ListenState.onSegment(segment);
        if (Verdict.has(verdict, Verdict.SYN_ACK)) {
            onSyn(listener, segment, flowHash, false, 0);
        } else if (verdict == Verdict.DROP) {
            counters.increment(Counter.TCP_SEGMENTS_IGNORED);
        } else if (!completesByCookie(listener, segment, flowHash)) {
            strayResets.answer(segment);
        }
    }

    /** A SYN that reopens a flow from TIME_WAIT: its ISN must be beyond the old connection's numbers. */
    void onReopeningSyn(final Listener listener, final Segment segment, final int flowHash, final int oldSndNxt) {
        onSyn(listener, segment, flowHash, true, oldSndNxt);
    }

    private void onSyn(
            final Listener listener,
            final Segment segment,
            final int flowHash,
            final boolean reopens,
            final int oldSndNxt) {
        counters.increment(Counter.TCP_SYNS_RECEIVED);
        listener.counters.increment(ListenerCounter.SYNS);
        if (!tables.maySyn(segment.remoteHi(), segment.remoteLo(), clock.millis())) {
            counters.increment(Counter.SYNS_RATE_LIMITED);
            countDrop(listener);
            return;
        }
        if (listener.isAcceptQueueFull()) {
            countOverflow(listener); // as Linux does: no promise to a peer whom nobody will accept
            return;
        }
        if (listener.isSynQueueFull() || tables.synQueue.size() == tables.synQueue.capacity()) {
            if (!makeRoom(listener, segment)) {
                return;
            }
        }
        final int local = tables.localAddresses.numberOf(segment.localHi(), segment.localLo());
        final SegmentOptions offered = segment.options();
        final int options = accepted(listener, segment);
        final int tsOffset = tsOffset(segment);
        final int iss = reopens ? IsnGenerator.beyond(isn(segment), oldSndNxt) : isn(segment);
        final int slot = local == LocalAddresses.NONE
                ? SynQueue.NONE
                : tables.synQueue.add(
                        segment.remoteHi(),
                        segment.remoteLo(),
                        segment.ports(),
                        local,
                        listener.number,
                        segment.seq(),
                        iss,
                        offered.tsVal(),
                        tsOffset,
                        Negotiation.peerMss(offered.mss(), segment.isIpv6()),
                        options,
                        clock.millis());
        if (slot == SynQueue.NONE
                || tables.index.insert(flowHash, FlowIndex.ref(FlowIndex.HALF_OPEN, slot)) == FlowIndex.NONE) {
            if (slot != SynQueue.NONE) {
                tables.synQueue.remove(slot);
            }
            countDrop(listener);
            return;
        }
        counters.increment(Counter.STATE_SYN_RCVD);
        listener.halfOpen++;
        replies.synAck(segment, iss, options, clock.millis() + tsOffset, offered.tsVal(), listener.connectionOptions);
    }

    private void countOverflow(final Listener listener) {
        counters.increment(Counter.LISTEN_OVERFLOWS);
        listener.counters.increment(ListenerCounter.LISTEN_OVERFLOWS);
        countDrop(listener);
    }

    private void countDrop(final Listener listener) {
        counters.increment(Counter.LISTEN_DROPS);
        listener.counters.increment(ListenerCounter.LISTEN_DROPS);
    }

    /** What of the peer's offers we take. */
    private int accepted(final Listener listener, final Segment segment) {
        final SegmentOptions offered = segment.options();
        final int options = SynOptions.of(
                offered.sackPermitted() && config.sack(),
                offered.timestamps() && config.timestamps(),
                segment.offersEcn() && listener.connectionOptions.ecn());
        return offered.windowScale() != SegmentOptions.NO_WINDOW_SCALE && config.windowScaling()
                ? SynOptions.withWindowScale(options, offered.windowScale())
                : options;
    }

    /**
     * The SYN queue has no room for this listener.
     *
     * @return true if there is room now; false if the SYN has been dealt with.
     */
    private boolean makeRoom(final Listener listener, final Segment segment) {
        if (listener.config().overflow() == ListenConfig.SynOverflow.COOKIES) {
            answerByCookie(listener, segment);
            return false;
        }
        if (listener.config().overflow() == ListenConfig.SynOverflow.DROP_OLDEST) {
            // A listener that has used up its own share pays with its own entries, not with another's.
            final int oldest = listener.isSynQueueFull()
                    ? tables.synQueue.oldestOf(listener.number, EVICTION_SEARCH)
                    : tables.synQueue.oldest();
            if (oldest != SynQueue.NONE) {
                counters.increment(Counter.SYN_QUEUE_EVICTIONS);
                halfOpens.forget(oldest);
                return true;
            }
        }
        counters.increment(Counter.SYN_QUEUE_DROPS);
        countDrop(listener);
        return false;
    }

    /* SYN cookies, RFC 4987 §3.6. */

    private void answerByCookie(final Listener listener, final Segment segment) {
        final SegmentOptions offered = segment.options();
        final int mss = Negotiation.peerMss(offered.mss(), segment.isIpv6());
        final int cookie = cookies.cookie(
                segment.remoteHi(),
                segment.remoteLo(),
                segment.localHi(),
                segment.localLo(),
                segment.ports(),
                segment.seq(),
                mss,
                clock.millis());
        // Without timestamps there is no place for the other options.
        final int options = offered.timestamps() && config.timestamps() ? accepted(listener, segment) : 0;
        final int tsVal = SynCookies.timestamp(clock.millis() + tsOffset(segment), options);
        counters.increment(Counter.SYNCOOKIES_SENT);
        listener.counters.increment(ListenerCounter.SYNCOOKIES_SENT);
        replies.synAck(segment, cookie, options, tsVal, offered.tsVal(), listener.connectionOptions);
    }

    private boolean completesByCookie(final Listener listener, final Segment segment, final int flowHash) {
        if (segment.isSyn() || segment.isFin() || !cookies.outstanding(clock.millis())) {
            return false;
        }
        final int irs = segment.seq() - 1;
        final int iss = segment.ack() - 1;
        final int mss = cookies.validate(
                segment.remoteHi(),
                segment.remoteLo(),
                segment.localHi(),
                segment.localLo(),
                segment.ports(),
                irs,
                iss,
                clock.millis());
        if (mss == SynCookies.INVALID) {
            counters.increment(Counter.SYNCOOKIES_FAILED);
            listener.counters.increment(ListenerCounter.SYNCOOKIES_FAILED);
            return false;
        }
        counters.increment(Counter.SYNCOOKIES_RECEIVED);
        listener.counters.increment(ListenerCounter.SYNCOOKIES_RECEIVED);
        if (isRefused(listener, segment)) {
            return true; // where it is held the peer sends its data again, and may find room then
        }
        final boolean timestamps = config.timestamps() && segment.options().timestamps();
        // The echo is our TSval with the offset of the tuple on it, and the options in its low bits.
        final int options = timestamps ? SynCookies.options(segment.options().tsEcr()) : 0;
        final int slot = create(
                listener,
                segment,
                irs,
                iss,
                mss,
                options,
                segment.options().tsVal(),
                timestamps ? tsOffset(segment) : 0);
        if (slot == RecordSlab.NONE) {
            listener.cancel();
            return true;
        }
        final int position = tables.index.insert(flowHash, FlowIndex.ref(FlowIndex.CONNECTION, slot));
        if (position == FlowIndex.NONE) {
            counters.increment(Counter.CONNECTION_TABLE_OVERFLOWS);
            connections.free(tcb);
            listener.cancel();
            return true;
        }
        tcb.indexPosition(position);
        admit(listener, slot, segment);
        return true;
    }

    /* From half open to open. */

    /** A segment to the half-open entry in {@code slot}. */
    void onHalfOpenSegment(final int slot, final int position, final Segment segment) {
        final SynQueue queue = tables.synQueue;
        final Listener listener = listeners.ofNumber(queue.listener(slot));
        if (listener.closed) {
            drop(slot);
            if (Verdict.has(ClosedState.onSegment(segment), Verdict.RESET_SEGMENT)) {
                replies.reset(segment);
            }
            return;
        }
        int options = queue.options(slot);
        final boolean timestamps = SynOptions.timestamps(options);
        final int irs = queue.irs(slot);
        final int iss = queue.iss(slot);
        final int window = listener.connectionOptions.synWindow();
        final int verdict = SynReceivedState.onSegment(segment, irs, iss, window, timestamps, queue.tsRecent(slot));
        if (Verdict.has(verdict, Verdict.OPENED)) {
            complete(slot, position, segment);
        } else if (Verdict.has(verdict, Verdict.SYN_ACK)) {
            counters.increment(Counter.TCP_SYN_RETRANSMITS);
            if (!segment.offersEcn()) {
                options = SynOptions.withoutEcn(options); // RFC 3168 §6.1.1.1: the peer tries it without
                queue.options(slot, options);
            }
            replies.synAck(segment, iss, options, tsVal(slot), queue.tsRecent(slot), listener.connectionOptions);
        } else if (Verdict.has(verdict, Verdict.RESET_SEGMENT)) {
            replies.reset(segment);
        } else if (Verdict.has(verdict, Verdict.RETURN_TO_LISTEN)) {
            drop(slot);
        } else if (verdict == Verdict.DROP) {
            counters.increment(Counter.TCP_SEGMENTS_IGNORED);
        } else if (Verdict.has(verdict, Verdict.ACK) || Verdict.has(verdict, Verdict.CHALLENGE_ACK)) {
            // RFC 7323 §2.2: only in a SYN the window is never scaled.
            final int shift = SynOptions.windowScaling(options)
                    ? ReceiveWindow.shiftFor(listener.connectionOptions.receiveBufferBytes())
                    : 0;
            challenge(slot, segment, iss + 1, irs + 1, window >>> shift, timestamps, queue.tsRecent(slot));
        }
    }

    private void drop(final int slot) {
        counters.increment(Counter.TCP_ATTEMPT_FAILS);
        halfOpens.forget(slot);
    }

    private void challenge(
            final int slot,
            final Segment segment,
            final int seq,
            final int ack,
            final int window,
            final boolean timestamps,
            final int tsRecent) {
        if (!tables.synQueue.takeChallenge(slot, clock.millis())) {
            counters.increment(Counter.CHALLENGE_ACKS_SKIPPED);
            return;
        }
        counters.increment(Counter.CHALLENGE_ACKS);
        if (timestamps) {
            replies.ack(segment, seq, ack, window, tsVal(slot), tsRecent);
        } else {
            replies.ack(segment, seq, ack, window);
        }
    }

    private void complete(final int halfOpen, final int position, final Segment segment) {
        final SynQueue queue = tables.synQueue;
        final Listener listener = listeners.ofNumber(queue.listener(halfOpen));
        if (isRefused(listener, segment)) {
            if (resetsOverflow(listener)) {
                drop(halfOpen);
            }
            return; // an entry that is held has its SYN-ACK sent again, and the next ACK may find room
        }
        final int slot = create(
                listener,
                segment,
                queue.irs(halfOpen),
                queue.iss(halfOpen),
                queue.peerMss(halfOpen),
                queue.options(halfOpen),
                queue.tsRecent(halfOpen),
                queue.tsOffset(halfOpen));
        if (slot == RecordSlab.NONE) {
            listener.cancel();
            return;
        }
        tables.index.replace(position, FlowIndex.ref(FlowIndex.CONNECTION, slot));
        tcb.indexPosition(position);
        if (queue.retransmissions(halfOpen) > 0) {
            tcb.set(TcbFlags.SYN_LOST);
        }
        queue.remove(halfOpen);
        listeners.halfOpenGone(listener);
        admit(listener, slot, segment);
    }

    /** Reserves a place in the accept queue; true if there is none, and the peer has been told where so configured. */
    private boolean isRefused(final Listener listener, final Segment segment) {
        if (listener.reserve()) {
            return false;
        }
        countOverflow(listener);
        if (resetsOverflow(listener)) {
            counters.increment(Counter.ACCEPT_OVERFLOW_RESETS);
            replies.reset(segment);
        }
        return true;
    }

    private static boolean resetsOverflow(final Listener listener) {
        return listener.config().acceptOverflow() == ListenConfig.AcceptOverflow.RESET;
    }

    /** Makes the connection's record; {@link RecordSlab#NONE} when the table is full, which is counted. */
    private int create(
            final Listener listener,
            final Segment segment,
            final int irs,
            final int iss,
            final int peerMss,
            final int options,
            final int tsRecent,
            final int tsOffset) {
        final int slot = tables.connections.allocate();
        if (slot == RecordSlab.NONE) {
            counters.increment(Counter.CONNECTION_TABLE_OVERFLOWS);
            return RecordSlab.NONE;
        }
        final ConnectionOptions own = listener.connectionOptions;
        tcb.wrap(slot, tables.connections.address(slot));
        tcb.reset();
        tcb.remoteHi(segment.remoteHi());
        tcb.remoteLo(segment.remoteLo());
        tcb.localHi(segment.localHi());
        tcb.localLo(segment.localLo());
        tcb.ports(segment.ports());
        tcb.devicePort(segment.devicePort());
        connections.use(tcb, listener.handler, listener.options);
        tcb.nextHopMac(segment.remoteMac());
        tcb.set(TcbFlags.QUEUED
                | (SynOptions.timestamps(options) ? TcbFlags.TIMESTAMPS : 0)
                | (SynOptions.sack(options) ? TcbFlags.SACK : 0)
                | (SynOptions.windowScaling(options) ? TcbFlags.WINDOW_SCALE : 0)
                | (segment.isIpv6() ? TcbFlags.IPV6 : 0));
        if (SynOptions.ecn(options) && own.ecn()) {
            tcb.enter(TcbModes.ECN);
        }
        if (SynOptions.windowScaling(options)) {
            tcb.sndWndShift(SynOptions.windowScale(options));
            tcb.rcvWndShift(ReceiveWindow.shiftFor(own.receiveBufferBytes()));
        }
        tcb.sndUna(iss + 1);
        tcb.sndNxt(iss + 1);
        tcb.sndMax(iss + 1);
        tcb.sndWl1(irs);
        tcb.sndWl2(iss);
        tcb.irs(irs);
        tcb.rcvNxt(irs + 1);
        tcb.rcvAdv(irs + 1 + own.synWindow());
        tcb.lastAckSent(irs + 1);
        final int maxMss = writer.maxMss(segment.devicePort(), segment.isIpv6());
        tcb.mss(Math.min(peerMss, own.announcedMss(maxMss)));
        tcb.rto(RttEstimator.INITIAL_RTO_MS);
        if (SynOptions.timestamps(options)) {
            tcb.tsRecent(tsRecent);
            tcb.tsRecentAge(clock.millis());
            tcb.tsOffset(tsOffset);
            if (segment.options().timestamps()) {
                RttEstimator.handshake(tcb, clock.millis() - (segment.options().tsEcr() - tsOffset));
            }
        }
        transitions.to(tcb, TcpState.ESTABLISHED);
        return slot;
    }

    /** Through the accept queue to the application, and the segment to the connection. */
    private void admit(final Listener listener, final int slot, final Segment segment) {
        counters.increment(Counter.TCP_PASSIVE_OPENS);
        listener.counters.increment(ListenerCounter.OPENED);
        connections.begin(tcb);
        listener.offer(slot);
        writer.lentMustStay();
        if (listener.config().autoAccept()) {
            connections.acceptFirst(listener);
            connections.onSegment(slot, segment, false);
        } else { // the segment first: who hears of the connection may take it, and end it
            connections.onSegment(slot, segment, false);
            connections.callbacks().onAcceptable(listener);
        }
    }

    private int tsVal(final int halfOpen) {
        return clock.millis() + tables.synQueue.tsOffset(halfOpen);
    }

    private int tsOffset(final Segment segment) {
        return secrets.timestamps()
                .of(segment.remoteHi(), segment.remoteLo(), segment.localHi(), segment.localLo(), segment.ports());
    }

    private int isn(final Segment segment) {
        return secrets.isn()
                .isn(
                        segment.remoteHi(),
                        segment.remoteLo(),
                        segment.localHi(),
                        segment.localLo(),
                        segment.ports(),
                        clock.nanos());
    }
}
