/**
 * Everything that must not be guessed from outside: initial sequence numbers (RFC 6528), SYN cookies (RFC 4987),
 * timestamp offsets (RFC 7323 §5.4), ephemeral ports (RFC 6056) and the hash of the flow index, each keyed with a secret.
 * Imported by the shard; imports only {@link io.millrace.tcp.table.SynOptions} and
 * {@link io.millrace.dataplane.wire.IpAddress}.
 *
 * <p>Tuples are passed as plain values: an address is two longs (an IPv4 address is {@code ::ffff:a.b.c.d}), the two
 * ports are one int, {@code remotePort << 16 | localPort}. Nothing here allocates once it has been constructed.
 */
package io.millrace.tcp.isn;
