package io.millrace.tcp.egress;

/** Where frames to an address go on the wire. Called by the shard's thread; allocates nothing. */
public interface NextHops {
    /**
     * The Ethernet address of the next hop towards the remote address, by a port.
     *
     * @return 48 bits, or 0 while it is not known.
     */
    long find(int port, long remoteHi, long remoteLo);

    /** Takes over a complete frame whose next hop is not known: asks for it, and sends the frame if an answer comes. */
    void sendUnresolved(int port, long remoteHi, long remoteLo, long mbuf);
}
