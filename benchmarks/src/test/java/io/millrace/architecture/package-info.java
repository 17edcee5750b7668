/**
 * The plan of the house as tests: which room may know which. They stand in the topmost module, which sees all classes.
 */
package io.millrace.architecture;
