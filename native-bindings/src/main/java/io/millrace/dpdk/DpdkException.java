package io.millrace.dpdk;

/** A DPDK function that failed. The message names the function, its code, DPDK's own text and what to do about it. */
public final class DpdkException extends RuntimeException {
    private final String function;
    private final int code;
    private final String text;
    private final String mend;

    /**
     * A failure.
     *
     * @param function the DPDK function, with what it was asked to do
     * @param code the (positive) error number, 0 when there is none
     * @param text what DPDK says: the error's text, and what it logged
     * @param mend what to do about it
     */
    public DpdkException(final String function, final int code, final String text, final String mend) {
        super(function + ": " + text + (code == 0 ? "" : " (code " + code + ")") + "; " + mend);
        this.function = function;
        this.code = code;
        this.text = text;
        this.mend = mend;
    }

    /** The function that failed, with what it was asked to do. */
    public String function() {
        return function;
    }

    /** The (positive) error number, 0 when there is none. */
    public int code() {
        return code;
    }

    /** What DPDK said. */
    public String text() {
        return text;
    }

    /** What to do about it. */
    public String mend() {
        return mend;
    }
}
