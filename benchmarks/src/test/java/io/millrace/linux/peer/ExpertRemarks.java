package io.millrace.linux.peer;

import io.millrace.dataplane.port.decorator.Tshark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What tshark's expert information has to say about a trace on which nothing was lost and nothing overtook.
 *
 * @param conversations how many there are, by family and port of the listener.
 * @param late in how many of them somebody was silent for so long that a timer ran out.
 * @param probed conversations in which something was sent again sooner than any retransmission timer runs out: a loss probe
 *     (RFC 8985 §7), where it was not a mistake.
 * @param unexpected remarks, and how often, that need a mistake of one of the two.
 */
record ExpertRemarks(
        Map<String, Long> conversations, Map<String, Long> late, int probed, Map<String, Integer> unexpected) {
    /** The shortest retransmission timeout, less a bit: what ends sooner has no reason to send anything again. */
    private static final double LATE_SECONDS = 0.19;

    private static final Pattern REQUEST =
            Pattern.compile("Connection establish request \\(SYN\\): server port ([0-9]+)");

    /** What every trace of opens and closes is full of. */
    private static final Pattern ORDINARY = Pattern.compile("Connection establish request \\(SYN\\): server port [0-9]+"
            + "|Connection establish acknowledge \\(SYN\\+ACK\\): server port [0-9]+"
            + "|Connection finish \\(FIN\\)"
            + "|Connection reset \\(RST\\)"
            + "|This frame initiates the connection closing"
            + "|This frame undergoes the connection closing"
            + "|TCP window update"
            // tuples are used again on purpose; ephemeral ports come round, too
            + "|A new tcp session is started with the same ports as an earlier session in this trace");

    /** What follows from a timer that ran out: the segment again, and the answer to what was there already. */
    private static final Pattern LATE = Pattern.compile(
            "This frame is a \\(suspected\\) (spurious |fast )?retransmission|Duplicate ACK.*|D-SACK Sequence"
                    + "|TCP keep-alive segment|ACK to a TCP keep-alive segment");

    /** Linux writes a sum of 0 as if it were UDP's (CSUM_MANGLED_0); it is right all the same. */
    private static final Pattern KERNELS = Pattern.compile("TCP Checksum 0xffff instead of 0x0000 \\(see RFC 1624\\)");

    static ExpertRemarks in(final Path trace) throws IOException {
        // ports and text are arbitrary here, and tshark must not take them for those of another protocol
        final List<String> options = List.of(
                "-d",
                "tcp.port==1-65535,data",
                "-o",
                "tcp.check_checksum:TRUE",
                "-o",
                "ip.check_checksum:TRUE",
                "-E",
                "aggregator=;");
        final List<List<String>> frames = Tshark.read(
                trace, options, "tcp.stream", "tcp.time_relative", "ip.src", "_ws.expert.message", "ipv6.src");
        final Map<String, String> kinds = new HashMap<>();
        final Set<String> slow = new HashSet<>();
        for (final List<String> frame : frames) {
            final Matcher request = REQUEST.matcher(frame.get(3));
            if (request.find()) {
                kinds.put(frame.get(0), (frame.get(4).isEmpty() ? "IPv4" : "IPv6") + " port " + request.group(1));
            }
            if (!frame.get(1).isEmpty() && Double.parseDouble(frame.get(1)) > LATE_SECONDS) {
                slow.add(frame.get(0));
            }
        }
        final Set<String> late = new HashSet<>();
        final Set<String> probed = new HashSet<>();
        final Map<String, Integer> unexpected = new TreeMap<>();
        for (final List<String> frame : frames) {
            final boolean kernels =
                    frame.get(2).equals(VethLink.KERNEL_ADDRESS) || frame.get(4).equals(VethLink.KERNEL_IPV6);
            for (final String remark : frame.get(3).split(";")) {
                if (LATE.matcher(remark).matches()) {
                    (slow.contains(frame.get(0)) ? late : probed).add(frame.get(0));
                } else if (!remark.isEmpty()
                        && !ORDINARY.matcher(remark).matches()
                        && !(kernels && KERNELS.matcher(remark).matches())) {
                    unexpected.merge(remark, 1, Integer::sum);
                }
            }
        }
        probed.removeAll(late); // a probe first, and then a timer
        return new ExpertRemarks(
                perKind(kinds.values().stream()), perKind(late.stream().map(kinds::get)), probed.size(), unexpected);
    }

    private static Map<String, Long> perKind(final Stream<String> kinds) {
        return kinds.collect(Collectors.groupingBy(kind -> kind, TreeMap::new, Collectors.counting()));
    }

    /** Conversations of all kinds. */
    static long total(final Map<String, Long> kinds) {
        return kinds.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Whether timers ran out anywhere. */
    boolean isLate() {
        return !late.isEmpty() || probed > 0;
    }

    /**
     * Kinds of conversations in most of which timers ran out. Who must share his CPU is late now and then, in whatever he is
     * doing; who forgets to answer is late in the same place each time.
     */
    Map<String, Long> mostlyLate() {
        final Map<String, Long> kinds = new TreeMap<>(late);
        kinds.entrySet().removeIf(kind -> kind.getValue() * 2 < conversations.get(kind.getKey()));
        return kinds;
    }
}
