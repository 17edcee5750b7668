/**
 * The io benchmark: frames received, touched and transmitted on one core, through our ports, through the bindings alone
 * and in C, in processes of their own that take turns.
 *
 * <p>{@link io.millrace.bench.io.IoRun} is the parent's side; {@link io.millrace.bench.io.IoNode} is the child's, and
 * {@code loop.c} among the resources is what is compared with. Imported by {@code io.millrace.cli}.
 */
package io.millrace.bench.io;
