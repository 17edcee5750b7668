package io.millrace.dataplane.port;

import io.millrace.dpdk.LinkStatus;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Watches a port's link. Owned by a control thread, which polls it now and then: no driver need have an interrupt for
 * it. Allocates with each poll.
 */
public final class LinkMonitor {
    private final Supplier<LinkStatus> link;
    private final Consumer<LinkStatus> onChange;
    private LinkStatus last;
    private long changes;

    /**
     * Begins with the link as it is now, which is no change.
     *
     * @param link asks the port
     * @param onChange is told of each change of the link between up and down
     */
    public LinkMonitor(final Supplier<LinkStatus> link, final Consumer<LinkStatus> onChange) {
        this.link = link;
        this.onChange = onChange;
        last = link.get();
    }

    /** Asks the port; whether the link has gone up or down since the last time. */
    public boolean poll() {
        final LinkStatus now = link.get();
        final boolean changed = now.up() != last.up();
        last = now;
        if (changed) {
            changes++;
            onChange.accept(now);
        }
        return changed;
    }

    /** The link as of the last poll. */
    public LinkStatus last() {
        return last;
    }

    /** How often the link was seen to change. */
    public long changes() {
        return changes;
    }
}
