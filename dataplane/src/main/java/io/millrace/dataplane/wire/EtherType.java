package io.millrace.dataplane.wire;

/** EtherType values (IEEE 802 numbers). */
public final class EtherType {
    /** IPv4, RFC 894. */
    public static final int IPV4 = 0x0800;
    /** ARP, RFC 826. */
    public static final int ARP = 0x0806;
    /** An 802.1Q tag follows. */
    public static final int VLAN = 0x8100;
    /** IPv6, RFC 2464. */
    public static final int IPV6 = 0x86dd;

    private EtherType() {}
}
