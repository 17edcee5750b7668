package io.millrace.dataplane.ring;

import io.millrace.linux.WaitSet;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Wakes a sleeping polling thread when another thread has left something for it. No wake-up is lost:
 *
 * <pre>
 *   the sleeper      arm; look at every source once more; sleep
 *   whoever brings   put the thing where the sleeper will look; ring
 * </pre>
 *
 * <p>Both put a full fence between their two steps, so either the bringer sees the bell armed, or the sleeper sees the
 * thing. Ringing a bell that is not armed costs the fence and a load, and nothing at all where the thread never sleeps.
 *
 * <p>Owned by the thread that sleeps; {@link #ring} is for any thread. Allocates nothing after it is made.
 */
public final class Doorbell {
    /** For a thread that never sleeps. */
    public static final Doorbell SILENT = new Doorbell(null);

    private static final int AWAKE = 0;
    private static final int ARMED = 1;
    /** Somebody is about to write to the wait set, which must not be closed meanwhile. */
    private static final int RINGING = 2;

    private static final int RUNG = 3;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Doorbell.class, "state", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Null where the thread never sleeps. */
    private final WaitSet waitSet;

    @SuppressWarnings("unused") // by STATE
    private int state;

    /** Makes a bell that ends the sleep in {@code waitSet}. */
    public Doorbell(final WaitSet waitSet) {
        this.waitSet = waitSet;
    }

    /** Any thread, after it has left something for the sleeper. */
    public void ring() {
        if (waitSet != null) {
            VarHandle.fullFence();
            if ((int) STATE.getOpaque(this) == ARMED) {
                wake();
            }
        }
    }

    private void wake() {
        if (STATE.compareAndSet(this, ARMED, RINGING)) { // of several who bring, one wakes
            waitSet.wake();
            STATE.setRelease(this, RUNG);
        }
    }

    /** The sleeper: from now on it may be rung. It looks at its sources once more before it sleeps. */
    public void arm() {
        STATE.setOpaque(this, ARMED);
        VarHandle.fullFence();
    }

    /**
     * The sleeper: it is awake, and nobody needs to ring. Nobody touches the wait set any more when this returns.
     *
     * @return true if the bell was rung since it was armed
     */
    public boolean disarm() {
        if (waitSet == null || STATE.compareAndSet(this, ARMED, AWAKE)) {
            return false;
        }
        while ((int) STATE.getAcquire(this) == RINGING) {
            Thread.yield();
        }
        if ((int) STATE.getAcquire(this) == AWAKE) {
            return false;
        }
        waitSet.forgetWake();
        STATE.setOpaque(this, AWAKE);
        return true;
    }
}
