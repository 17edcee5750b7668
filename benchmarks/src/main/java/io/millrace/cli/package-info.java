/**
 * The command line: {@code millrace serve}, {@code bench}, {@code doctor}, {@code idle}, {@code jmh}.
 *
 * <p>Every mistake of the user ends in one line each on standard error (what, which value, how to mend) and exit code 2;
 * a mistake of ours in one line and exit code 1, with the trace under {@code --debug}. Nothing imports this package.
 */
package io.millrace.cli;
