package io.millrace.tcp;

import java.util.EnumSet;
import java.util.Set;

/**
 * Which connections one wants to see, as the filters of {@code ss}; immutable.
 *
 * @param states those that count.
 * @param localPort our port; 0 for any.
 * @param remotePort the peer's port; 0 for any.
 */
public record TcpConnectionFilter(Set<TcpState> states, int localPort, int remotePort) {
    /** Keeps a copy of the states. */
    public TcpConnectionFilter {
        states = Set.copyOf(states);
    }

    /** Every connection, whatever its state. */
    public static TcpConnectionFilter all() {
        return new TcpConnectionFilter(EnumSet.allOf(TcpState.class), 0, 0);
    }

    /** Whether a connection with these ports, the peer's in the high 16 bits, is wanted in this state. */
    public boolean wants(final TcpState state, final int ports) {
        return (localPort == 0 || localPort == (ports & 0xffff))
                && (remotePort == 0 || remotePort == ports >>> 16)
                && states.contains(state);
    }
}
