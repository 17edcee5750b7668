/**
 * The control socket of {@code serve --control}: sockets of the engine for programs that speak lines of text. {@link
 * io.millrace.cli.control.ControlServer} listens, a {@code ControlSession} serves one connection. Only the command line
 * imports it.
 */
package io.millrace.cli.control;
