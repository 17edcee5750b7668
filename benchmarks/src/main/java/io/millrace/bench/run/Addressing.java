package io.millrace.bench.run;

import io.millrace.dataplane.wire.IpAddress;
import io.millrace.dataplane.wire.IpPrefix;

/** Who has which address on the link between the two nodes, in either family. Nothing of it is ever seen outside them. */
public enum Addressing {
    /** Private networks. */
    IPV4("10.0.0.1/24", "10.0.0.2/24", "10.64.0.0/16", "10.65.0.0/16"),
    /** Unique local networks. */
    IPV6("fd00::1/64", "fd00::2/64", "fd00:64::/112", "fd00:65::/112");

    /** Where the server listens. */
    public static final int PORT = 9;
    /** The generator's MAC address: locally administered. */
    public static final String GENERATOR_MAC = "02:00:00:00:00:02";

    private final IpPrefix server;
    private final IpPrefix generator;
    private final IpPrefix sources;
    private final IpPrefix blastSources;

    Addressing(final String server, final String generator, final String sources, final String blastSources) {
        this.server = IpPrefix.parse(server);
        this.generator = IpPrefix.parse(generator);
        this.sources = IpPrefix.parse(sources);
        this.blastSources = IpPrefix.parse(blastSources);
    }

    /** The server's address and network. */
    public IpPrefix serverPrefix() {
        return server;
    }

    /** The server's address. */
    public IpAddress server() {
        return server.address();
    }

    /** The generator's own address: the server's gateway to the prefixes it speaks from. */
    public IpPrefix generator() {
        return generator;
    }

    /** The addresses the generator's engine opens connections from. */
    public IpPrefix sources() {
        return sources;
    }

    /** The first of them. */
    public IpAddress firstSource() {
        return new IpAddress(sources.address().hi(), (sources.address().lo() & sources.loMask()) + 1);
    }

    /** Those of clients that keep no state, which are none of the engine's. */
    public IpPrefix blastSources() {
        return blastSources;
    }

    /** 4 or 6. */
    public int version() {
        return this == IPV4 ? 4 : 6;
    }

    /** The family of this version, 4 or 6. */
    public static Addressing of(final int version) {
        return version == 6 ? IPV6 : IPV4;
    }
}
