/**
 * Ports over PCI NICs, two of a kind back to back: run by {@code scripts/test-nic} in a virtual machine, never by Maven.
 * The property {@code millrace.nics} names them: {@code e1000e=0000:00:10.0+0000:00:11.0,vmxnet3=…}.
 */
package io.millrace.dataplane.nic;
