/**
 * The bench for tests of the protocol: {@link io.millrace.tcp.conversation.Conversation} is one engine on a virtual clock
 * and a peer that is played by a script of raw segments, after the manner of packetdrill. It reads and writes frames by
 * code of its own, so that it is a second opinion on the engine's headers, options and checksums.
 *
 * <p>The language is described in {@link io.millrace.tcp.conversation.Script}.
 */
package io.millrace.tcp.conversation;
