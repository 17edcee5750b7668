package io.millrace.dataplane.host;

/** What may be done with an address of ours (RFC 4862 §2). */
public enum AddressState {
    /** It is ours. */
    USABLE,
    /** Being asked for on the link: nothing is sent from it and nothing taken for it. */
    TENTATIVE,
    /** Another station has it: it stays unused. */
    DUPLICATE
}
