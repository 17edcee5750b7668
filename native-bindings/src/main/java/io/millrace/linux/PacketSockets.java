package io.millrace.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * This process's packet sockets (packet(7)), a driver's among them, which does not tell of its own. Control path: called
 * when a port starts.
 */
public final class PacketSockets {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final short AF_PACKET = 17;
    /** struct sockaddr_ll: the family first, the interface's number here. */
    private static final int INTERFACE_OFFSET = 4;

    private static final int ADDRESS_LENGTH = 20;

    private PacketSockets() {}

    /**
     * The descriptors of the sockets bound to an interface of the calling thread's network namespace, ascending: the order
     * they were opened in, as long as nobody closed a descriptor meanwhile.
     */
    public static List<Integer> boundTo(final String interfaceName) {
        final int index = CLibrary.get().ifNameToIndex(interfaceName);
        if (index == 0) {
            return List.of();
        }
        final List<Integer> sockets = new ArrayList<>();
        for (final int descriptor : descriptors()) {
            if (isBoundTo(index, descriptor)) {
                sockets.add(descriptor);
            }
        }
        return sockets;
    }

    private static List<Integer> descriptors() {
        final List<Integer> numbers = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS)) {
            entries.forEach(
                    entry -> numbers.add(Integer.parseInt(entry.getFileName().toString())));
        } catch (final IOException e) {
            return List.of(); // /proc is not mounted
        }
        Collections.sort(numbers);
        return numbers;
    }

    private static boolean isBoundTo(final int index, final int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = arena.allocate(128, Long.BYTES); // any family's fits
            final MemorySegment length = arena.allocateFrom(JAVA_INT, (int) address.byteSize());
            return CLibrary.get().getsockname(descriptor, address, length) == 0
                    && length.get(JAVA_INT, 0) >= INTERFACE_OFFSET + Integer.BYTES
                    && length.get(JAVA_INT, 0) <= ADDRESS_LENGTH
                    && address.get(JAVA_SHORT, 0) == AF_PACKET
                    && address.get(JAVA_INT, INTERFACE_OFFSET) == index;
        }
    }
}
