package io.millrace.dataplane.port;

/**
 * The VLAN a port belongs to (IEEE 802.1Q).
 *
 * @param id VLAN identifier, 1 to 4094
 * @param priority priority code point of frames sent, 0 to 7
 */
public record Vlan(int id, int priority) {
    /** Checks the values. */
    public Vlan {
        if (id < 1 || id > 4094) {
            throw new IllegalArgumentException("VLAN " + id + ": must be 1 to 4094");
        }
        if (priority < 0 || priority > 7) {
            throw new IllegalArgumentException("VLAN priority " + priority + ": must be 0 to 7");
        }
    }

    /** Tag control information of frames sent. */
    public int control() {
        return priority << 13 | id;
    }
}
