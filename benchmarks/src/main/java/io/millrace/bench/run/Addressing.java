package io.millrace.bench.run;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;

/** Who has which address on the link between the two processes. Nothing of it is ever seen outside them. */
public final class Addressing {
    /** The server's address. */
    public static final IpPrefix SERVER = IpPrefix.parse("10.0.0.1/24");
    /** The generator's own address: the server's gateway to the prefix it speaks from. */
    public static final IpPrefix GENERATOR = IpPrefix.parse("10.0.0.2/24");
    /** The addresses the generator opens connections from. */
    public static final IpPrefix SOURCES = IpPrefix.parse("10.64.0.0/16");
    /** Where the server listens. */
    public static final int PORT = 9;
    /** The generator's MAC address: locally administered. */
    public static final String GENERATOR_MAC = "02:00:00:00:00:02";

    private Addressing() {}

    /** The first of the addresses that connections are opened from. */
    public static IpAddress firstSource() {
        return IpAddress.ofIpv4(SOURCES.address().ipv4() + 1);
    }

    /** The server's address without its network. */
    public static IpAddress server() {
        return SERVER.address();
    }
}
