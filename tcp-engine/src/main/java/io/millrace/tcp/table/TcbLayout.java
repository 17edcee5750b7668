package io.millrace.tcp.table;

/**
 * Where a connection's record keeps what: four cache lines of 64 bytes. Line 0 is who it is, line 1 where its two streams
 * stand, line 2 congestion control and timers, line 3 its buffers. {@link Tcb} gives every field its name and its meaning;
 * public here are the places that other classes work on by address.
 */
public final class TcbLayout {
    /** Bytes of a record. */
    public static final int LENGTH = 256;

    static final int INDEX_POSITION_OFFSET = 0;
    static final int GENERATION_OFFSET = 4;
    static final int REMOTE_HI_OFFSET = 8;
    static final int REMOTE_LO_OFFSET = 16;
    static final int LOCAL_HI_OFFSET = 24;
    static final int LOCAL_LO_OFFSET = 32;
    static final int PORTS_OFFSET = 40;
    static final int STATE_OFFSET = 44;
    /** Rcv.Wind.Shift in the high four bits, Snd.Wind.Shift in the low ones. */
    static final int WND_SHIFTS_OFFSET = 45;

    static final int MODES_OFFSET = 46;
    static final int RETRANSMITS_OFFSET = 47;
    static final int FLAGS_OFFSET = 48;
    static final int HANDLER_OFFSET = 52;
    static final int OPTIONS_OFFSET = 54;
    static final int ATTACHMENT_OFFSET = 56;
    static final int SND_UNA_OFFSET = 64;
    static final int SND_NXT_OFFSET = 68;
    static final int SND_MAX_OFFSET = 72;
    static final int SND_WND_OFFSET = 76;
    static final int SND_WL1_OFFSET = 80;
    static final int SND_WL2_OFFSET = 84;
    static final int MAX_SND_WND_OFFSET = 88;
    static final int RCV_NXT_OFFSET = 92;
    static final int RCV_ADV_OFFSET = 96;
    static final int LAST_ACK_SENT_OFFSET = 100;
    static final int TS_RECENT_OFFSET = 104;
    static final int TS_RECENT_AGE_OFFSET = 108;
    static final int TS_OFFSET_OFFSET = 112;
    static final int MSS_OFFSET = 116;
    static final int REORDERING_OFFSET = 118;
    static final int KEEP_ALIVE_PROBES_OFFSET = 119;
    /** The next hop's 48 bits, and above them 16 for the number of the port: 8 bytes. */
    static final int LINK_OFFSET = 120;

    static final int CWND_OFFSET = 128;
    static final int SSTHRESH_OFFSET = 132;
    /** The connection's record of loss recovery, or -1: 4 bytes. */
    public static final int RECOVERY_OFFSET = 136;

    static final int SRTT_OFFSET = 140;
    static final int RTTVAR_OFFSET = 144;
    static final int RTO_OFFSET = 148;
    /** First record of what is in flight, or -1: 4 bytes. */
    public static final int FLIGHT_HEAD_OFFSET = 152;

    static final int RTT_SAMPLED_OFFSET = 156;
    public static final int TIMER_PREV_OFFSET = 160;
    public static final int TIMER_NEXT_OFFSET = 164;
    public static final int TIMER_BUCKET_OFFSET = 168;
    public static final int TIMER_DEADLINE_OFFSET = 172;
    static final int RTO_DEADLINE_OFFSET = 176;
    static final int ACK_DEADLINE_OFFSET = 180;
    static final int LIFE_DEADLINE_OFFSET = 184;
    static final int BULK_OFFSET = 188;
    static final int IRS_OFFSET = 232;
    static final int CHALLENGE_MS_OFFSET = 236;
    static final int UNREAD_SINCE_ACK_OFFSET = 240;
    static final int MIN_RTT_OFFSET = 244;
    /** Needed until the connection opens, and no round trip is known before that. */
    static final int ISS_OFFSET = MIN_RTT_OFFSET;

    static final int HEARD_MS_OFFSET = 248;
    static final int PROGRESS_MS_OFFSET = 252;
    /** A {@code ByteChain} of bytes written and not acknowledged: 16 bytes. */
    public static final int SEND_CHAIN_OFFSET = 192;
    /** A {@code ByteChain} of bytes received in order and not taken: 16 bytes. */
    public static final int RECEIVE_CHAIN_OFFSET = 208;
    /** First record of the reassembly queue, or -1: 4 bytes. */
    public static final int REASSEMBLY_HEAD_OFFSET = 224;
    /** Segments in the reassembly queue: 4 bytes. */
    public static final int REASSEMBLY_COUNT_OFFSET = 228;

    private TcbLayout() {}
}
