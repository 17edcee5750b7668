package io.millrace.tcp.table;

import io.millrace.memory.Memory;

/**
 * Transmission control block: the record of one connection, 256 bytes off-heap, with RFC 9293 §3.3.1's names.
 *
 * <p>A flyweight: {@link #wrap} puts it on a record of the connection slab. Owned by the shard's thread; allocates
 * nothing. Sequence numbers are ints modulo 2^32; times in ms and µs are ints that wrap, to be compared by difference.
 * What can be computed is not stored; what only a connection with data needs, its buffers, is held by index.
 */
public final class Tcb extends TcbIdentity {
    private static final int PORT_SHIFT = 48;
    private static final long MAC_BITS = (1L << PORT_SHIFT) - 1;

    /** Moves to the record of {@code newSlot} at {@code newAddress}. */
    public Tcb wrap(final int newSlot, final long newAddress) {
        slot = newSlot;
        address = newAddress;
        return this;
    }

    /** Reads each line of a record, as {@link FlowIndex#touch} does its bucket. */
    public static long touch(final long record) {
        return Memory.getInt(record)
                + Memory.getInt(record + TcbLayout.SND_UNA_OFFSET)
                + Memory.getInt(record + TcbLayout.CWND_OFFSET)
                + Memory.getInt(record + TcbLayout.SEND_CHAIN_OFFSET);
    }

    /** Clears the record but for its generation, which it counts up. */
    public void reset() {
        final int generation = generation();
        Memory.fill(address, TcbLayout.LENGTH, 0);
        Memory.putInt(address + TcbLayout.GENERATION_OFFSET, generation + 1);
        Memory.putInt(address + TcbLayout.REASSEMBLY_HEAD_OFFSET, -1);
        Memory.putInt(address + TcbLayout.FLIGHT_HEAD_OFFSET, -1);
        Memory.putInt(address + TcbLayout.RECOVERY_OFFSET, -1);
    }

    /** RCV.WND: what may still come within the window offered, bytes. */
    public int rcvWnd() {
        return rcvAdv() - rcvNxt();
    }

    /** Rcv.Wind.Shift (RFC 7323 §2.3): by how much our window fields are scaled. */
    public int rcvWndShift() {
        return wndShifts() >>> 4;
    }

    public void rcvWndShift(final int value) {
        Memory.putByte(address + TcbLayout.WND_SHIFTS_OFFSET, value << 4 | sndWndShift());
    }

    /** Snd.Wind.Shift: by how much the peer's window fields are scaled. */
    public int sndWndShift() {
        return wndShifts() & 0xf;
    }

    public void sndWndShift(final int value) {
        Memory.putByte(address + TcbLayout.WND_SHIFTS_OFFSET, wndShifts() & 0xf0 | value);
    }

    private int wndShifts() {
        return Memory.getUnsignedByte(address + TcbLayout.WND_SHIFTS_OFFSET);
    }

    /** Whether any of {@code modes} is set, bits of {@link TcbModes}. */
    public boolean in(final int modes) {
        return (modes() & modes) != 0;
    }

    /** Sets bits of {@link TcbModes}. */
    public void enter(final int modes) {
        Memory.putByte(address + TcbLayout.MODES_OFFSET, modes() | modes);
    }

    /** Clears bits of {@link TcbModes}. */
    public void leave(final int modes) {
        Memory.putByte(address + TcbLayout.MODES_OFFSET, modes() & ~modes);
    }

    private int modes() {
        return Memory.getUnsignedByte(address + TcbLayout.MODES_OFFSET);
    }

    /** Time-outs in a row without an acknowledgment. */
    public int retransmits() {
        return Memory.getUnsignedByte(address + TcbLayout.RETRANSMITS_OFFSET);
    }

    public void retransmits(final int value) {
        Memory.putByte(address + TcbLayout.RETRANSMITS_OFFSET, value);
    }

    /** SND.UNA: oldest unacknowledged sequence number. */
    public int sndUna() {
        return Memory.getInt(address + TcbLayout.SND_UNA_OFFSET);
    }

    public void sndUna(final int value) {
        Memory.putInt(address + TcbLayout.SND_UNA_OFFSET, value);
    }

    /** SND.NXT: next sequence number to send; goes back to SND.UNA where all is to be sent as if for the first time. */
    public int sndNxt() {
        return Memory.getInt(address + TcbLayout.SND_NXT_OFFSET);
    }

    public void sndNxt(final int value) {
        Memory.putInt(address + TcbLayout.SND_NXT_OFFSET, value);
    }

    /** The highest SND.NXT so far: what the peer may acknowledge. */
    public int sndMax() {
        return Memory.getInt(address + TcbLayout.SND_MAX_OFFSET);
    }

    public void sndMax(final int value) {
        Memory.putInt(address + TcbLayout.SND_MAX_OFFSET, value);
    }

    /** SND.WND: the peer's window, scaled, in bytes. */
    public int sndWnd() {
        return Memory.getInt(address + TcbLayout.SND_WND_OFFSET);
    }

    public void sndWnd(final int value) {
        Memory.putInt(address + TcbLayout.SND_WND_OFFSET, value);
    }

    /** SND.WL1: sequence number of the segment that set SND.WND last. */
    public int sndWl1() {
        return Memory.getInt(address + TcbLayout.SND_WL1_OFFSET);
    }

    public void sndWl1(final int value) {
        Memory.putInt(address + TcbLayout.SND_WL1_OFFSET, value);
    }

    /** SND.WL2: acknowledgment number of the segment that set SND.WND last. */
    public int sndWl2() {
        return Memory.getInt(address + TcbLayout.SND_WL2_OFFSET);
    }

    public void sndWl2(final int value) {
        Memory.putInt(address + TcbLayout.SND_WL2_OFFSET, value);
    }

    /** MAX.SND.WND: the largest window the peer has offered (RFC 5961 §5.2). */
    public int maxSndWnd() {
        return Memory.getInt(address + TcbLayout.MAX_SND_WND_OFFSET);
    }

    public void maxSndWnd(final int value) {
        Memory.putInt(address + TcbLayout.MAX_SND_WND_OFFSET, value);
    }

    /** RCV.NXT: next sequence number expected. */
    public int rcvNxt() {
        return Memory.getInt(address + TcbLayout.RCV_NXT_OFFSET);
    }

    public void rcvNxt(final int value) {
        Memory.putInt(address + TcbLayout.RCV_NXT_OFFSET, value);
    }

    /** Right edge of the window offered last; it never moves left (RFC 9293 §3.8.6). */
    public int rcvAdv() {
        return Memory.getInt(address + TcbLayout.RCV_ADV_OFFSET);
    }

    public void rcvAdv(final int value) {
        Memory.putInt(address + TcbLayout.RCV_ADV_OFFSET, value);
    }

    /** Last.ACK.sent (RFC 7323 §4.3). */
    public int lastAckSent() {
        return Memory.getInt(address + TcbLayout.LAST_ACK_SENT_OFFSET);
    }

    public void lastAckSent(final int value) {
        Memory.putInt(address + TcbLayout.LAST_ACK_SENT_OFFSET, value);
    }

    /** TS.Recent: the timestamp to echo. */
    public int tsRecent() {
        return Memory.getInt(address + TcbLayout.TS_RECENT_OFFSET);
    }

    public void tsRecent(final int value) {
        Memory.putInt(address + TcbLayout.TS_RECENT_OFFSET, value);
    }

    /** When TS.Recent was set, ms. */
    public int tsRecentAge() {
        return Memory.getInt(address + TcbLayout.TS_RECENT_AGE_OFFSET);
    }

    public void tsRecentAge(final int value) {
        Memory.putInt(address + TcbLayout.TS_RECENT_AGE_OFFSET, value);
    }

    /** Added to the ms clock to make TSval. */
    public int tsOffset() {
        return Memory.getInt(address + TcbLayout.TS_OFFSET_OFFSET);
    }

    public void tsOffset(final int value) {
        Memory.putInt(address + TcbLayout.TS_OFFSET_OFFSET, value);
    }

    /** Most bytes of text and options in one segment to the peer: the smaller of its MSS and our path's. */
    public int mss() {
        return Memory.getUnsignedShort(address + TcbLayout.MSS_OFFSET);
    }

    public void mss(final int value) {
        Memory.putShort(address + TcbLayout.MSS_OFFSET, value);
    }

    /** What is known of reordering on the path, as {@code Rack} keeps it; 0 while none was seen. */
    public int reordering() {
        return Memory.getUnsignedByte(address + TcbLayout.REORDERING_OFFSET);
    }

    public void reordering(final int value) {
        Memory.putByte(address + TcbLayout.REORDERING_OFFSET, value);
    }

    /** Number of the port that has our address: the connection comes and goes by it. */
    public int devicePort() {
        return (int) (Memory.getLong(address + TcbLayout.LINK_OFFSET) >>> PORT_SHIFT);
    }

    public void devicePort(final int value) {
        Memory.putLong(address + TcbLayout.LINK_OFFSET, (long) value << PORT_SHIFT | nextHopMac());
    }

    /** Ethernet address the frames of this connection go to; 0 while unknown. */
    public long nextHopMac() {
        return Memory.getLong(address + TcbLayout.LINK_OFFSET) & MAC_BITS;
    }

    public void nextHopMac(final long value) {
        Memory.putLong(address + TcbLayout.LINK_OFFSET, (long) devicePort() << PORT_SHIFT | value);
    }

    /** Congestion window, bytes (RFC 5681). */
    public int cwnd() {
        return Memory.getInt(address + TcbLayout.CWND_OFFSET);
    }

    public void cwnd(final int value) {
        Memory.putInt(address + TcbLayout.CWND_OFFSET, value);
    }

    /** Slow start threshold, bytes. */
    public int ssthresh() {
        return Memory.getInt(address + TcbLayout.SSTHRESH_OFFSET);
    }

    public void ssthresh(final int value) {
        Memory.putInt(address + TcbLayout.SSTHRESH_OFFSET, value);
    }

    /** Smoothed round-trip time, µs; 0 before the first sample (RFC 6298). */
    public int srtt() {
        return Memory.getInt(address + TcbLayout.SRTT_OFFSET);
    }

    public void srtt(final int value) {
        Memory.putInt(address + TcbLayout.SRTT_OFFSET, value);
    }

    /** Round-trip time variation, µs. */
    public int rttvar() {
        return Memory.getInt(address + TcbLayout.RTTVAR_OFFSET);
    }

    public void rttvar(final int value) {
        Memory.putInt(address + TcbLayout.RTTVAR_OFFSET, value);
    }

    /** Retransmission time-out, ms; each time-out doubles it, the next sample of a round trip sets it anew. */
    public int rto() {
        return Memory.getInt(address + TcbLayout.RTO_OFFSET);
    }

    public void rto(final int value) {
        Memory.putInt(address + TcbLayout.RTO_OFFSET, value);
    }

    /** When the round-trip time was sampled last, µs; what was sent before gives no further sample. */
    public int rttSampled() {
        return Memory.getInt(address + TcbLayout.RTT_SAMPLED_OFFSET);
    }

    public void rttSampled(final int value) {
        Memory.putInt(address + TcbLayout.RTT_SAMPLED_OFFSET, value);
    }

    /** Retransmission or persist time-out, ms; armed by {@link TcbFlags#TIMER_RTO}. */
    public int rtoDeadline() {
        return Memory.getInt(address + TcbLayout.RTO_DEADLINE_OFFSET);
    }

    public void rtoDeadline(final int value) {
        Memory.putInt(address + TcbLayout.RTO_DEADLINE_OFFSET, value);
    }

    /** Delayed acknowledgment, ms; armed by {@link TcbFlags#TIMER_ACK}. */
    public int ackDeadline() {
        return Memory.getInt(address + TcbLayout.ACK_DEADLINE_OFFSET);
    }

    public void ackDeadline(final int value) {
        Memory.putInt(address + TcbLayout.ACK_DEADLINE_OFFSET, value);
    }

    /** End of FIN_WAIT_2 or TIME_WAIT, or the next keep-alive, ms; armed by TIMER_LIFE, TIMER_KEEP_ALIVE. */
    public int lifeDeadline() {
        return Memory.getInt(address + TcbLayout.LIFE_DEADLINE_OFFSET);
    }

    public void lifeDeadline(final int value) {
        Memory.putInt(address + TcbLayout.LIFE_DEADLINE_OFFSET, value);
    }

    /** Number of its record in {@link BulkRecords}; 0 if it has none. */
    int bulk() {
        return Memory.getInt(address + TcbLayout.BULK_OFFSET);
    }

    void bulk(final int value) {
        Memory.putInt(address + TcbLayout.BULK_OFFSET, value);
    }

    /** ISS: our initial sequence number; known until the connection opens. */
    public int iss() {
        return Memory.getInt(address + TcbLayout.ISS_OFFSET);
    }

    public void iss(final int value) {
        Memory.putInt(address + TcbLayout.ISS_OFFSET, value);
    }

    /** Bytes received since the last acknowledgment went out. */
    public int unreadSinceAck() {
        return Memory.getInt(address + TcbLayout.UNREAD_SINCE_ACK_OFFSET);
    }

    public void unreadSinceAck(final int value) {
        Memory.putInt(address + TcbLayout.UNREAD_SINCE_ACK_OFFSET, value);
    }

    /** IRS: the peer's initial sequence number. */
    public int irs() {
        return Memory.getInt(address + TcbLayout.IRS_OFFSET);
    }

    public void irs(final int value) {
        Memory.putInt(address + TcbLayout.IRS_OFFSET, value);
    }

    /** When the last challenge ACK of this connection left, ms. */
    public int challengeMs() {
        return Memory.getInt(address + TcbLayout.CHALLENGE_MS_OFFSET);
    }

    public void challengeMs(final int value) {
        Memory.putInt(address + TcbLayout.CHALLENGE_MS_OFFSET, value);
    }

    /** The shortest round-trip time so far, µs; 0 before the first sample (RFC 8985 §5.3, RACK.min_RTT). */
    public int minRtt() {
        return Memory.getInt(address + TcbLayout.MIN_RTT_OFFSET);
    }

    public void minRtt(final int value) {
        Memory.putInt(address + TcbLayout.MIN_RTT_OFFSET, value);
    }

    /** Keep-alive probes sent since the peer was heard last. */
    public int keepAliveProbes() {
        return Memory.getUnsignedByte(address + TcbLayout.KEEP_ALIVE_PROBES_OFFSET);
    }

    public void keepAliveProbes(final int value) {
        Memory.putByte(address + TcbLayout.KEEP_ALIVE_PROBES_OFFSET, value);
    }

    /** When a segment of the peer was taken last, ms; kept while keep-alive is on. */
    public int heardMs() {
        return Memory.getInt(address + TcbLayout.HEARD_MS_OFFSET);
    }

    public void heardMs(final int value) {
        Memory.putInt(address + TcbLayout.HEARD_MS_OFFSET, value);
    }

    /** Since when what SND.UNA names has waited for its acknowledgment, ms. */
    public int progressMs() {
        return Memory.getInt(address + TcbLayout.PROGRESS_MS_OFFSET);
    }

    public void progressMs(final int value) {
        Memory.putInt(address + TcbLayout.PROGRESS_MS_OFFSET, value);
    }
}
