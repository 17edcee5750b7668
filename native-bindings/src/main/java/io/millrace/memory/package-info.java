/**
 * Off-heap memory: raw access by address, and regions backed by huge pages where there are any. Everyone may import it;
 * it imports {@code io.millrace.linux} only.
 */
package io.millrace.memory;
