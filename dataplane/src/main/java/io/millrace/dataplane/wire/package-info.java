/**
 * Wire formats: flyweights over the raw address of a header, and the constants of the protocols.
 *
 * <p>A flyweight is made once and wrapped around one header after the other; getters and setters convert network byte
 * order. None of them checks lengths: {@code io.millrace.dataplane.ingress} does that once on arrival. Everyone may
 * import this package; it imports only {@code io.millrace.memory}.
 */
package io.millrace.dataplane.wire;
