/**
 * Berkeley sockets over the engine, with Linux's semantics, for programs whose threads want to block: {@link
 * io.millrace.tcp.socket.Sockets} makes them, a {@link io.millrace.tcp.socket.TcpSocket} is one.
 *
 * <p>There is one way in and one way out. A call asks the shard that owns the connection ({@code TcpEngine.ask}), and gets
 * what a non-blocking system call would answer: a count, or an error's number, negative. What happens to the connection
 * comes back as a number that grows ({@code Readiness}); a blocking call is a loop that asks, and waits for that number to
 * grow. Bytes stay in the engine's own buffers until they are read, so that a program that does not read closes the window.
 * Everyone above the engine may import it.
 */
package io.millrace.tcp.socket;
