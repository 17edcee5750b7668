package io.millrace.bench.profile;

import java.util.List;

/**
 * Where a sample found its thread. Immutable.
 *
 * @param room whose time it is.
 * @param method what was called there: class and method.
 */
record Place(Room room, String method) {
    private static final Place NOWHERE = new Place(Room.OTHER, "no method of the project's");

    private static final String OURS = "io.millrace.";
    /** The calls into DPDK. */
    private static final String DOWNCALLS = "io.millrace.dpdk.ffm.";
    /** How memory is read and the kernel is called: that is whoever does so. */
    private static final List<String> TOOLS = List.of("io.millrace.memory.", "io.millrace.linux.");

    private static final String LOOP = "org.agrona.concurrent.Agent";
    private static final String IDLE = "IdleStrategy";
    private static final String ADAPTIVE_IDLE = "io.millrace.dataplane.core.AdaptiveIdle";

    /**
     * A method on a stack.
     *
     * @param type its class, with the package.
     */
    record Frame(String type, String method) {
        private String name() {
            return type.substring(type.lastIndexOf('.') + 1).replace('$', '.') + "." + method;
        }

        private boolean isIdling() {
            return type.startsWith(ADAPTIVE_IDLE) || type.startsWith("org.agrona.") && type.endsWith(IDLE);
        }

        private boolean counts() {
            return type.startsWith(OURS) && TOOLS.stream().noneMatch(type::startsWith)
                    || type.startsWith(LOOP)
                    || isIdling();
        }
    }

    /** Of a stack, the innermost method first: what the JDK or a library does is its caller's. */
    static Place of(final List<Frame> stack) {
        for (int i = 0; i < stack.size(); i++) {
            final Frame frame = stack.get(i);
            if (frame.counts()) {
                return frame.isIdling()
                        ? new Place(Room.IDLE, frame.name())
                        : frame.type().startsWith(DOWNCALLS)
                                ? inDpdk(stack.subList(i, stack.size()))
                                : new Place(Room.of(frame.type()), frame.name());
            }
        }
        return NOWHERE;
    }

    /** By whoever calls it there. */
    private static Place inDpdk(final List<Frame> stack) {
        final Frame caller = stack.stream()
                .filter(frame -> !frame.type().startsWith(DOWNCALLS))
                .findFirst()
                .orElse(stack.getFirst());
        final Room room = switch (caller.type()) {
            case "io.millrace.dpdk.EthRxQueue" -> Room.DPDK_RECEIVE;
            case "io.millrace.dpdk.EthTxQueue" -> Room.DPDK_SEND;
            default -> Room.DPDK_OTHER;
        };
        return new Place(room, "DPDK, called by " + caller.name());
    }
}
