/**
 * Workloads of {@code millrace bench} as files: HOCON whose keys are the long options of the workload's command, so that a value
 * has one name, one form and one check wherever it comes from. The packaged files are copies, made by the build, of {@code
 * benchmarks/workloads}. Imported by {@code io.millrace.cli}.
 */
package io.millrace.cli.workload;
